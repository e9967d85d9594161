using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Records;

/// <summary>
/// Names a namespace of records: tenant, owning client, name. There is no other way to a record than through one, and none can be made
/// without a tenant and an owner: the tenant is that of a verified caller, never of an argument (threats, seed 002).
/// </summary>
public sealed partial record RecordSpaceKey
{
    /// <summary>What a name that is none is told.</summary>
    internal const string OtherThanName =
        "a namespace is named by lower-case letters, digits, '.', '_' and '-', at most 64, beginning with a letter or digit; that of another client of the tenant is 'client/name'.";

    private RecordSpaceKey(string tenant, string owner, string name) => (Tenant, Owner, Name) = (tenant, owner, name);

    /// <summary>The tenant.</summary>
    public string Tenant { get; }

    /// <summary>The client whose records they are.</summary>
    public string Owner { get; }

    /// <summary>The name the owner gave it.</summary>
    public string Name { get; }

    /// <summary>The key as text: <c>tenant/owner/name</c>. No two keys have the same, and <see cref="TenantOfKey"/> reads the tenant of each.</summary>
    public string Value => $"{Tenant}{TenantOfKey.OfRecords}{Owner}/{Name}";

    /// <summary>What <paramref name="caller"/> means by <paramref name="name"/>: its own namespace, or <c>client/name</c> of its tenant.</summary>
    public static bool TryOf(Caller caller, string name, [NotNullWhen(true)] out RecordSpaceKey? key)
    {
        var given = OwnerIn(name);
        var owner = given ?? caller.Client;
        var own = given is null ? name : name[(given.Length + 1)..];
        key = ConfigurationReader.IsId(owner) && NamePattern().IsMatch(own) ? new RecordSpaceKey(caller.Tenant, owner, own) : null;
        return key is not null;
    }

    /// <summary>Reads a key back from where an engine kept it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static RecordSpaceKey Parse(string value)
    {
        var parts = value.Split('/');
        return parts.Length == 3 && ConfigurationReader.IsId(parts[0]) && ConfigurationReader.IsId(parts[1]) && NamePattern().IsMatch(parts[2])
            ? new RecordSpaceKey(parts[0], parts[1], parts[2])
            : throw new FormatException("This names no namespace of records.");
    }

    /// <summary>The client that a name or a permission names before its slash; null when it means one's own.</summary>
    internal static string? OwnerIn(string name) => name.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? name[..slash] : null;

    /// <summary>A namespace of the tenant's operators. No client has such an id, so none can name it.</summary>
    internal static RecordSpaceKey OfOperators(string tenant, string name) => new(tenant, "_operators", name);

    /// <summary>How a client writes it, and permissions do: <c>orders</c> for its own, <c>bob/orders</c> for that of another.</summary>
    public string ShownTo(string client) => client == Owner ? Name : $"{Owner}/{Name}";

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();
}
