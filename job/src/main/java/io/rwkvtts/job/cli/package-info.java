/** The command line {@code tts}: one class a command; {@link io.rwkvtts.job.cli.Tts} is the top. */
package io.rwkvtts.job.cli;
