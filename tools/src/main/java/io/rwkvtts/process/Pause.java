package io.rwkvtts.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * A process that is stopped by {@code SIGSTOP} until this is closed, or until this process is gone.
 *
 * <p>A stopped process can't see that its parent has ended. So a shell holds the pause: it sends
 * {@code SIGCONT} when its input ends, and however this process ends, the operating system ends
 * that input. Belongs to one thread.
 */
final class Pause implements AutoCloseable {

    private static final String STOPPED = "stopped";

    /**
     * Ctrl-C in a terminal reaches the shell as well, which then has to live on. A thread that runs
     * when the signal is sent may still finish something: on Linux all of them are waited for.
     */
    private static final String SCRIPT =
            "trap '' HUP INT TERM; kill -STOP \"$1\" || exit 1;"
                    + " while [ -n \"$(grep -L '^State:.T' /proc/$1/task/*/status 2>/dev/null)\" ];"
                    + " do sleep 0.01; done; echo "
                    + STOPPED
                    + "; read -r _; kill -CONT \"$1\"";

    private static final long LIMIT_SECONDS = 10;

    private final Process shell;

    private Pause(Process shell) {
        this.shell = shell;
    }

    /**
     * Stops a process, and returns when it stands still.
     *
     * @param process id of a process of this user
     * @throws IOException if it can't be stopped; the message has the reason
     */
    static Pause of(long process) throws IOException {
        Process shell =
                new ProcessBuilder("sh", "-c", SCRIPT, "pause", Long.toString(process))
                        .redirectErrorStream(true)
                        .start();
        BufferedReader output = shell.inputReader();
        String line = output.readLine();
        if (!STOPPED.equals(line)) {
            shell.destroyForcibly();
            throw new IOException("process %d can't be stopped: %s".formatted(process, line));
        }
        return new Pause(shell);
    }

    /** Lets the process continue. Returns when it has been told to. */
    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
            if (shell.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            // The shell is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        shell.destroyForcibly();
    }
}
