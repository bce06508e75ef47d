package io.rwkvtts.bench.plot;

import java.util.List;

/**
 * Points joined by a line.
 *
 * @param name beside the line's end
 * @param points in the order of x
 */
record Curve(String name, List<Point> points) {

    /** A place in a chart, in the units of its axes; both are above 0. */
    record Point(double x, double y) {}
}
