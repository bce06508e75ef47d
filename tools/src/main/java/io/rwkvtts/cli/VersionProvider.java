package io.rwkvtts.cli;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class VersionProvider implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = VersionProvider.class.getPackage().getImplementationVersion();
        return new String[] {"flink-rwkv-tts " + (version == null ? "(unpackaged)" : version)};
    }
}
