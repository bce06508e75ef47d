/** The command line {@code tts}: one class a command; {@link io.rwkvtts.cli.Tts} is the top. */
package io.rwkvtts.cli;
