package io.rwkvtts.process;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Main of the processes of a {@link ServerProcess}: runs the main of another class and ends the
 * process when the one that started it is gone.
 *
 * <p>The standard input is a pipe whose other end only the parent holds. However the parent ends,
 * the operating system closes it.
 */
public final class OrphanGuard {

    private OrphanGuard() {}

    /**
     * @param arguments name of a class with a main, and the arguments of that
     */
    public static void main(String[] arguments) throws Exception {
        Thread guard = new Thread(OrphanGuard::awaitEndOfParent, "orphan-guard");
        guard.setDaemon(true);
        guard.start();
        String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        try {
            Class.forName(arguments[0])
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) rest);
        } catch (InvocationTargetException e) {
            // Other threads that the server has started would keep the process alive.
            e.getCause().printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void awaitEndOfParent() {
        try {
            while (System.in.read() >= 0) {
                // Nobody writes.
            }
        } catch (IOException e) {
            // A broken pipe means the same as its end.
        }
        Runtime.getRuntime().halt(1);
    }
}
