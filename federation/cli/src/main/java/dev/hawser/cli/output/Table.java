package dev.hawser.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows under headings, in columns as wide as their widest cell, two spaces apart. */
public final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... headings) {
    rows.add(List.of(headings));
  }

  /** Adds a row; an empty cell is shown as a dash, so that a column never seems to slip. */
  public Table row(Object... cells) {
    List<String> row = new ArrayList<>(cells.length);
    for (Object cell : cells) {
      // A name from another cluster must not be able to draw on this terminal.
      String text = printable(String.valueOf(cell));
      row.add(text.isEmpty() ? "-" : text);
    }
    rows.add(row);
    return this;
  }

  /** Whether there is no row but the headings. */
  public boolean isEmpty() {
    return rows.size() == 1;
  }

  /** Returns the lines, each with its line feed. */
  public String render() {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length()).append(GAP);
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  /** Returns the text with control characters replaced, line feeds apart. */
  public static String printableLines(String text) {
    return text.lines().map(Table::printable).collect(Collectors.joining("\n"));
  }

  /** Returns the text with control characters replaced. */
  public static String printable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c));
    return clean.toString();
  }
}
