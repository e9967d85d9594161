namespace OrleansMcp.Benchmarks.Reports;

/// <summary>A table in Markdown; all columns but the first are numbers.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = columns.Select((name, column) => _rows.Select(row => row[column].Length).Append(name.Length).Max()).ToArray();
        var text = new StringBuilder();
        Append(columns);
        text.Append('|').AppendJoin('|', widths.Select((width, column) =>
            column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":")).AppendLine("|");
        _rows.ForEach(Append);
        return text.ToString();

        void Append(string[] cells) => text.Append("| ").AppendJoin(" | ", cells.Select((cell, column) =>
            column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).AppendLine(" |");
    }
}
