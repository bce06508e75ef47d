package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.schema.TextEvent;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlanTest {

    @Test
    void testSeedDecidesFaultsAndRequests() {
        assertThat(PlannedFault.plan(1, 20)).isEqualTo(PlannedFault.plan(1, 20));
        assertThat(PlannedFault.plan(1, 20)).isNotEqualTo(PlannedFault.plan(2, 20));
        assertThat(Workload.of(1, 50)).isEqualTo(Workload.of(1, 50));
        assertThat(Workload.of(1, 50)).isNotEqualTo(Workload.of(2, 50));
    }

    @Test
    void testEveryKindStrikesOnceInFour() {
        List<PlannedFault> plan = PlannedFault.plan(5, 40);

        for (int i = 0; i < plan.size(); i += 4) {
            assertThat(plan.subList(i, i + 4))
                    .extracting(PlannedFault::kind)
                    .containsExactlyInAnyOrder(FaultKind.values());
        }
    }

    @Test
    void testFaultsComeOneAfterAnotherWhileThereIsWork() {
        List<Double> progress =
                PlannedFault.plan(6, 100).stream().map(PlannedFault::progress).toList();

        assertThat(progress).isSorted().doesNotHaveDuplicates();
        assertThat(progress.get(0)).isPositive();
        assertThat(progress.get(99)).isLessThan(1);
    }

    @Test
    void testWorkloadIsMixed() {
        List<PlannedRequest> workload = Workload.of(7, 200);

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
    void testPiecesOfARequestAreItsTextInOrder() {
        for (PlannedRequest request : Workload.of(8, 50)) {
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
}
