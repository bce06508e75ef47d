package io.rwkvtts.text;

import java.util.Arrays;

/**
 * Set of byte strings with a number each, for the longest one that is a prefix of a text.
 *
 * <p>A trie whose edges live in one open-addressing hash table: the key is the parent node and the
 * byte, the value the child node. A look-up costs one probe per byte and allocates nothing.
 */
final class ByteTrie {

    /** No entry. */
    static final int NONE = -1;

    private static final int ROOT = 0;

    /** Keys are {@code node << 8 | byte}. */
    private static final int MAX_NODES = 1 << 23;

    /** Key + 1 of the edge in each place of the table; 0 where there is none. */
    private int[] edges = new int[1 << 10];

    private int[] children = new int[1 << 10];
    private int[] values = new int[1 << 9];
    private int nodes = 1;

    ByteTrie() {
        values[ROOT] = NONE;
    }

    /**
     * Adds a byte string.
     *
     * @param value its number, at least 0
     * @return the number it had before, which stays; {@link #NONE} if it is new
     */
    int add(byte[] key, int value) {
        int node = ROOT;
        for (byte next : key) {
            int place = place(node, next);
            if (edges[place] == 0) {
                node = addNode(place, node, next);
            } else {
                node = children[place];
            }
        }
        int before = values[node];
        if (before == NONE) {
            values[node] = value;
        }
        return before;
    }

    /** Number of {@code key}, or {@link #NONE}. */
    int get(byte[] key) {
        int node = ROOT;
        for (byte next : key) {
            int place = place(node, next);
            if (edges[place] == 0) {
                return NONE;
            }
            node = children[place];
        }
        return values[node];
    }

    /**
     * Number of the longest byte string in the set that {@code text} has at {@code from}, or {@link
     * #NONE}.
     */
    int longestPrefix(byte[] text, int from) {
        int longest = NONE;
        int node = ROOT;
        for (int i = from; i < text.length; i++) {
            int place = place(node, text[i]);
            if (edges[place] == 0) {
                break;
            }
            node = children[place];
            if (values[node] != NONE) {
                longest = values[node];
            }
        }
        return longest;
    }

    private int addNode(int place, int parent, byte next) {
        if (nodes == MAX_NODES) {
            throw new IllegalStateException("more than " + MAX_NODES + " nodes");
        }
        if (nodes == values.length) {
            values = Arrays.copyOf(values, 2 * nodes);
        }
        int node = nodes++;
        values[node] = NONE;
        edges[place] = edge(parent, next);
        children[place] = node;
        if (2 * nodes > edges.length) {
            grow();
        }
        return node;
    }

    private void grow() {
        int[] oldEdges = edges;
        int[] oldChildren = children;
        edges = new int[2 * oldEdges.length];
        children = new int[2 * oldEdges.length];
        for (int i = 0; i < oldEdges.length; i++) {
            if (oldEdges[i] != 0) {
                int place = place(oldEdges[i]);
                edges[place] = oldEdges[i];
                children[place] = oldChildren[i];
            }
        }
    }

    private static int edge(int node, byte next) {
        return (node << 8 | next & 0xFF) + 1;
    }

    private int place(int node, byte next) {
        return place(edge(node, next));
    }

    /** Where {@code edge} is in the table, or where it belongs. At least half of it is free. */
    private int place(int edge) {
        int mask = edges.length - 1;
        int hash = edge * 0x9E3779B9;
        int place = (hash ^ hash >>> 15) & mask;
        while (edges[place] != 0 && edges[place] != edge) {
            place = place + 1 & mask;
        }
        return place;
    }
}
