package io.rwkvtts.chaos;

/** What can happen to a job that speaks. */
enum FaultKind {
    TASK_MANAGER("kill -9"),
    BROKER("kill -9 broker"),
    JOB_MANAGER("kill -9 JobManager"),
    RESCALE("stop with savepoint, restore at");

    private final String label;

    FaultKind(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
