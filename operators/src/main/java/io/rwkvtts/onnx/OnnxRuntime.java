package io.rwkvtts.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one environment of ONNX Runtime in this process, loaded so that two faults of version 1.29
 * can't crash the JVM.
 *
 * <p>Its telemetry code, which runs when the environment is made, matches the command line with a
 * recursion per character and overflows an ordinary stack at some 3,000 characters. So the
 * environment is made by a thread with a large stack. (With {@code ORT_DISABLE_TELEMETRY=1} the
 * code doesn't run at all; that can't be set from inside the JVM.)
 *
 * <p>Its shutdown hook destroys the environment while other threads compute, and they crash. A
 * second reference to the environment, never given back, keeps it alive to the end of the process.
 */
public final class OnnxRuntime {

    private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntime.class);

    /** Some 260 bytes are used per character; Linux allows 131,072 of them in one argument. */
    private static final long LOADER_STACK_BYTES = 128L << 20;

    /** Number of ONNX Runtime's log level for warnings. */
    private static final int LOG_WARNINGS = 2;

    private static OrtEnvironment environment;

    private OnnxRuntime() {}

    /**
     * The environment of this process, loaded by the first call. Nothing of ONNX Runtime may be
     * used before.
     *
     * @throws OnnxUnavailableException if the library is missing or can't be loaded, or there are
     *     two of it
     */
    public static synchronized OrtEnvironment environment() {
        if (environment == null) {
            RuntimeJars.requireOne();
            Executor largeStack =
                    task -> new Thread(null, task, "load-onnx-runtime", LOADER_STACK_BYTES).start();
            try {
                environment = CompletableFuture.supplyAsync(OnnxRuntime::load, largeStack).join();
            } catch (CompletionException e) {
                throw new OnnxUnavailableException(e.getCause());
            }
        }
        return environment;
    }

    /** Version of the library, as {@code 1.29.0}. */
    public static String version() {
        return environment().getVersion();
    }

    /** The execution providers that the library was built with, as {@code CPU}. */
    public static List<String> providers() {
        environment();
        return OrtEnvironment.getAvailableProviders().stream().map(OrtProvider::name).toList();
    }

    private static OrtEnvironment load() {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        keepAlive();
        UnpackedLibraries.delete();
        try {
            environment.setTelemetry(false);
        } catch (OrtException e) {
            throw new CompletionException(e);
        }
        return environment;
    }

    /**
     * Makes ONNX Runtime count one more user of its environment. Its Java API has no way to do so
     * but the private one that it uses itself.
     */
    private static void keepAlive() {
        try {
            Field api =
                    Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            Method create =
                    OrtEnvironment.class.getDeclaredMethod(
                            "createHandle", long.class, int.class, String.class);
            api.setAccessible(true);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), LOG_WARNINGS, OrtEnvironment.DEFAULT_NAME);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn(
                    "This version of ONNX Runtime can't be kept alive while the process ends: a signal in the middle of a step may crash the JVM",
                    e);
        }
    }
}
