using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Records;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration;

/// <summary>Reads permissions: of client registrations, and of scopes.</summary>
internal static class PermissionReader
{
    private const string Key = "permissions";
    private const int MaxEntries = 256;

    /// <summary>
    /// The permissions of a client. The key is required, also for an empty list, so that an operator does not leave it out by mistake.
    /// </summary>
    public static PermissionSet Read(YamlSection client, string tenant, YamlErrors errors)
    {
        var scope = new PolicyScope([], [new(tenant)], []);
        if (!client.Has(Key))
        {
            _ = client.Required(Key); // notes that it is missing
            return PermissionSet.None;
        }

        List<Permission> permissions = [];
        foreach (var (node, path) in client.Items(Key))
        {
            if (permissions.Count == MaxEntries)
            {
                errors.Add(node, path, $"is one too many: a client may have {MaxEntries} entries.");
                break;
            }

            if (ReadEntry(node, path, errors, scope) is { } permission)
            {
                permissions.Add(permission);
            }
        }

        return PermissionSet.Of(permissions);
    }

    /// <summary>The requests and the permissions of a scope.</summary>
    public static IReadOnlyList<string> ReadScope(YamlSection scopes, string name, YamlErrors errors)
    {
        List<string> entries = [];
        foreach (var (node, path) in scopes.Items(name))
        {
            var text = (node as YamlScalarNode)?.Value;
            if (text is not null && Permission.IsMeant(text))
            {
                if (ReadEntry(node, path, errors) is not null)
                {
                    entries.Add(text);
                }
            }
            else if (text is not null && ScopeConfiguration.IsPattern(text))
            {
                entries.Add(text);
            }
            else
            {
                errors.Add(node, path, "must be a request such as tools/call, a family such as tools/*, or a permission such as tool:echo.");
            }
        }

        return entries;
    }

    /// <param name="node">The permission.</param>
    /// <param name="path">The path of keys to it.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="scopes">Whose permission it is; none for a scope.</param>
    private static Permission? ReadEntry(YamlNode node, string path, YamlErrors errors, params IReadOnlyList<PolicyScope> scopes)
    {
        if (node is not YamlScalarNode { Value: { } text })
        {
            errors.Add(node, path, "must be a permission such as tool:echo.");
            return null;
        }

        var isValid = Permission.TryParse(text, out var permission, out var problem);
        if (!isValid)
        {
            errors.Add(node, path, problem!);
        }

        // A letter that only looks like the right one is best told by the name that was meant.
        if ((isValid || !Permission.IsVisible(text)) && Permission.TrySplit(text, out var kind, out var name, out _) && NamedBy(kind, name) is var (named, what))
        {
            errors.Name(named, node, path, what, scopes: scopes);
        }

        return isValid ? permission : null;
    }

    /// <summary>
    /// What a permission names that must exist. A namespace of records begins to exist when it is used; the client whose it is, is registered.
    /// </summary>
    private static (NameKind Kind, string Name)? NamedBy(PermissionKind kind, string name) => kind switch
    {
        PermissionKind.Tool or PermissionKind.ToolLog => (NameKind.Tool, name),
        PermissionKind.Prompt => (NameKind.Prompt, name),
        PermissionKind.Resource => (NameKind.Resource, name),
        PermissionKind.RecordsRead or PermissionKind.RecordsWrite when RecordSpaceKey.OwnerIn(name) is { } owner => (NameKind.Client, owner),
        _ => null,
    };
}
