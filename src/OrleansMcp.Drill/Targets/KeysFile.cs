using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Targets;

/// <summary>
/// The file that names the clients of a running server. The server's configuration does not do: it holds hashes of keys, and no keys.
/// A line is <c>tenant/client KEY</c>, or <c>operator KEY</c>; empty lines and lines that begin with # do not count.
/// </summary>
internal static class KeysFile
{
    private const string Operator = "operator";

    /// <exception cref="FormatException">A line is none of these; the message names its number, never its contents.</exception>
    public static (IReadOnlyDictionary<DrillClient, string> Keys, string? OperatorKey) Parse(IEnumerable<string> lines)
    {
        var (keys, operatorKey, number) = (new Dictionary<DrillClient, string>(), (string?)null, 0);
        foreach (var line in lines.Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is [Operator, var key])
            {
                operatorKey = key;
            }
            else if (words.Length == 2 && keys.Values.Contains(words[1], StringComparer.Ordinal))
            {
                throw new FormatException($"Line {number} has the key of another line: it would be taken for that client.");
            }
            else if (words.Length != 2 || words[0].Split('/') is not [{ Length: > 0 } tenant, { Length: > 0 } client]
                || !keys.TryAdd(new DrillClient(tenant, client), words[1]))
            {
                throw new FormatException($"Line {number} is neither 'tenant/client KEY', with a client that has no line yet, nor 'operator KEY'.");
            }
        }

        return keys.Count >= 2 ? (keys, operatorKey) : throw new FormatException("At least two clients are needed, better three of two tenants.");
    }
}
