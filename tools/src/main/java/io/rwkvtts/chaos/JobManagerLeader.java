package io.rwkvtts.chaos;

import java.net.URI;
import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.highavailability.ClientHighAvailabilityServices;
import org.apache.flink.runtime.highavailability.HighAvailabilityServicesUtils;
import org.apache.flink.runtime.util.LeaderRetrievalUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which of several JobManagers leads, as ZooKeeper says. */
final class JobManagerLeader {

    private static final Logger LOG = LoggerFactory.getLogger(JobManagerLeader.class);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final Configuration flink;

    /**
     * @param flink options of the Flink processes
     */
    JobManagerLeader(Configuration flink) {
        this.flink = flink;
    }

    /** Port of its REST API; waits until one leads. */
    int restPort() throws Exception {
        try (ClientHighAvailabilityServices services =
                HighAvailabilityServicesUtils.createClientHAService(
                        flink, error -> LOG.warn("No word of the leader", error))) {
            String address =
                    LeaderRetrievalUtils.retrieveLeaderInformation(
                                    services.getClusterRestEndpointLeaderRetriever(), LIMIT)
                            .getLeaderAddress();
            return URI.create(address).getPort();
        }
    }
}
