using OrleansMcp.Signals.Chains;

namespace OrleansMcp.Silo.Commands;

/// <summary>A head noted earlier, of one writer's chain in one tenant's audit.</summary>
internal sealed record NotedHead(string Tenant, string Writer, AuditHead Head);

/// <summary>What <c>audit verify</c> is asked, and the settings that stand beside it.</summary>
/// <param name="Tenant">Only this tenant's audit; null: all.</param>
/// <param name="Expected">Heads that must be there.</param>
/// <param name="Settings">All other arguments.</param>
internal sealed record AuditArguments(string? Tenant, IReadOnlyList<NotedHead> Expected, IReadOnlyList<string> Settings)
{
    private const string TenantOption = "--tenant";
    private const string ExpectOption = "--expect";

    /// <summary>Null when an option has no value, is given twice, or is none; then <paramref name="problem"/> says which.</summary>
    public static AuditArguments? Read(IReadOnlyList<string> arguments, out string problem)
    {
        var (tenant, expected, settings) = ((string?)null, new List<NotedHead>(), new List<string>());
        problem = "";
        for (var i = 0; i < arguments.Count; i++)
        {
            if (OptionOf(arguments[i]) is not { } option)
            {
                settings.Add(arguments[i]);
            }
            else if (ValueOf(arguments, option, ref i) is not { } value)
            {
                problem = $"{option}: is given without a value.";
            }
            else if (option == TenantOption)
            {
                problem = tenant is null ? problem : $"{option}: is given twice.";
                tenant = value;
            }
            else if (HeadOf(value) is { } head)
            {
                expected.Add(head);
            }
            else
            {
                problem = $"{option}: '{value}' is not TENANT/WRITER:SEQUENCE:HASH.";
            }
        }

        return problem.Length == 0 ? new AuditArguments(tenant, expected, settings) : null;
    }

    private static string? OptionOf(string argument) => Array.Find(
        [TenantOption, ExpectOption], option => argument == option || argument.StartsWith(option + "=", StringComparison.Ordinal));

    private static string? ValueOf(IReadOnlyList<string> arguments, string option, ref int at)
    {
        var value = arguments[at].Length > option.Length ? arguments[at][(option.Length + 1)..]
            : at + 1 < arguments.Count && !arguments[at + 1].StartsWith("--", StringComparison.Ordinal) ? arguments[++at]
            : "";
        return value.Length > 0 ? value : null;
    }

    private static NotedHead? HeadOf(string text)
    {
        var (slash, colon) = (text.IndexOf('/', StringComparison.Ordinal), text.IndexOf(':', StringComparison.Ordinal));
        return slash > 0 && colon > slash + 1 && AuditFiling.IsChain(text[..slash]) && AuditHead.TryParse(text[(colon + 1)..], out var head)
            ? new NotedHead(text[..slash], text[(slash + 1)..colon], head)
            : null;
    }
}
