/**
 * {@code tts doctor}: what of the project works on this machine, found by looking and trying, and
 * what to install for the rest.
 */
package io.rwkvtts.doctor;
