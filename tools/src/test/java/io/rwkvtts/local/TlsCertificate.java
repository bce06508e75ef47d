package io.rwkvtts.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate that a server on loopback signs itself, made by the JDK's keytool.
 *
 * @param keyStore PKCS 12 with key and certificate, for the server
 * @param certificate PEM, for its clients
 */
public record TlsCertificate(Path keyStore, Path certificate) {

    public static final String PASSWORD = "keystore-password";

    /** Makes both files in a directory. */
    public static TlsCertificate create(Path directory) throws IOException, InterruptedException {
        Path keyStore = directory.resolve("broker.p12");
        Path certificate = directory.resolve("broker.pem");
        keytool(
                keyStore,
                "-genkeypair",
                "-dname",
                "CN=broker",
                "-ext",
                "san=ip:" + LoopbackPorts.HOST,
                "-keyalg",
                "EC",
                "-validity",
                "2");
        keytool(keyStore, "-exportcert", "-rfc", "-file", certificate.toString());
        return new TlsCertificate(keyStore, certificate);
    }

    private static void keytool(Path keyStore, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", "broker", "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", keyStore.toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed: " + output);
        }
    }
}
