package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.schema.TextEvent;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlanTest {

    private static final Duration STREAMING = Duration.ofSeconds(90);

    @Test
    void testSeedDecidesFaultsAndRequests() {
        assertThat(plan(1, 20)).isEqualTo(plan(1, 20));
        assertThat(plan(1, 20)).isNotEqualTo(plan(2, 20));
        assertThat(Workload.of(1, 50, STREAMING)).isEqualTo(Workload.of(1, 50, STREAMING));
        assertThat(Workload.of(1, 50, STREAMING)).isNotEqualTo(Workload.of(2, 50, STREAMING));
    }

    @Test
    void testEveryKindStrikesOnceBeforeAnyStrikesAgain() {
        int kinds = FaultKind.ALL.size();
        List<PlannedFault> plan = plan(5, 4 * kinds);

        for (int i = 0; i < plan.size(); i += kinds) {
            assertThat(plan.subList(i, i + kinds))
                    .extracting(PlannedFault::kind)
                    .containsExactlyInAnyOrderElementsOf(FaultKind.ALL);
        }
        assertThat(PlannedFault.plan(5, 12, List.of(FaultKind.DROP, FaultKind.REJECT)))
                .extracting(PlannedFault::kind)
                .containsOnly(FaultKind.DROP, FaultKind.REJECT);
    }

    @Test
    void testFaultsComeOneAfterAnotherWhileThereIsWork() {
        List<Double> progress = plan(6, 100).stream().map(PlannedFault::progress).toList();

        assertThat(progress).isSorted().doesNotHaveDuplicates();
        assertThat(progress.get(0)).isPositive();
        assertThat(progress.get(99)).isLessThan(1);
    }

    @Test
    void testWorkloadIsMixed() {
        List<PlannedRequest> workload = Workload.of(7, 200, Duration.ZERO);

        assertThat(workload).extracting(PlannedRequest::id).doesNotHaveDuplicates();
        assertThat(workload).anyMatch(request -> request.cancelAfter().isPresent());
        assertThat(workload).anyMatch(request -> request.deadline() != null);
        assertThat(workload).anyMatch(request -> request.events().size() > 1);
        assertThat(workload)
                .filteredOn(
                        request ->
                                request.cancelAfter().isEmpty()
                                        && request.deadline() == null
                                        && request.events().size() == 1)
                .hasSizeGreaterThan(50);
        assertThat(workload)
                .extracting(request -> request.events().get(0).getMinSemanticTokens())
                .allMatch(least -> least >= 100)
                .anyMatch(least -> least > 250);
    }

    @Test
    void testWholeRequestsAreNeitherCancelledNorLate() {
        List<PlannedRequest> whole = Workload.whole(7, 50);

        assertThat(whole).hasSize(50).isEqualTo(Workload.whole(7, 50));
        assertThat(whole).extracting(PlannedRequest::id).doesNotHaveDuplicates();
        assertThat(whole)
                .allMatch(request -> request.cancelAfter().isEmpty())
                .allMatch(request -> request.deadline() == null);
        assertThat(whole)
                .extracting(PlannedRequest::id)
                .doesNotContainAnyElementsOf(
                        Workload.of(7, 50, STREAMING).stream().map(PlannedRequest::id).toList());
    }

    @Test
    void testPiecesOfARequestAreItsTextInOrder() {
        for (PlannedRequest request : Workload.of(8, 50, Duration.ZERO)) {
            List<TextEvent> events = request.events();
            for (int i = 0; i < events.size(); i++) {
                assertThat(events.get(i).getSequence()).isEqualTo(i);
                assertThat(events.get(i).getLast()).isEqualTo(i == events.size() - 1);
            }
            assertThat(events.stream().map(TextEvent::getText).collect(Collectors.joining()))
                    .endsWith(".")
                    .matches("[A-Z].*");
        }
    }

    @Test
    void testEveryFourthRequestComesSentenceBySentenceForAsLongAsAsked() {
        List<PlannedRequest> workload = Workload.of(9, 100, STREAMING);

        assertThat(workload).extracting(PlannedRequest::id).doesNotHaveDuplicates();
        for (int i = 0; i < workload.size(); i += 4) {
            PlannedRequest request = workload.get(i);
            assertThat(request.events())
                    .allSatisfy(event -> assertThat(event.getText()).endsWith(". "));
            assertThat(request.events().get(request.events().size() - 1).getLast()).isTrue();
            assertThat(request.pause()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(7));
            assertThat(request.pause().multipliedBy(request.events().size() - 1))
                    .isGreaterThanOrEqualTo(STREAMING);
            assertThat(request.cancelAfter()).isEmpty();
            assertThat(request.deadline()).isNull();
        }
        assertThat(workload.get(1).events().size()).isLessThan(5);
    }

    private static List<PlannedFault> plan(long seed, int faults) {
        return PlannedFault.plan(seed, faults, FaultKind.ALL);
    }
}
