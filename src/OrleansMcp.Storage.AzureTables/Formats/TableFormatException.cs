namespace OrleansMcp.Storage.AzureTables.Formats;

/// <summary>The tables are of another version of this program, which must not touch them. The message says what to do.</summary>
public sealed class TableFormatException(string message) : IOException(message);
