/** Files that users give: what one is that is not what was asked for. */
package io.rwkvtts.file;
