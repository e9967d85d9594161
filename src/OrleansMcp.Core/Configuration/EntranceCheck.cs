using OrleansMcp.Configuration.Certificates;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration;

/// <summary>
/// Warns of tenants and clients for which nobody can come in, because the configuration knows no credential of theirs: a slip of the pen often, but
/// also a client that is shut out, or one that an application authenticates by itself.
/// </summary>
internal sealed class EntranceCheck
{
    private const string Nobody = "nobody can come in";

    private readonly ServerConfiguration _configuration;
    private readonly YamlErrors _errors;

    private EntranceCheck(ServerConfiguration configuration, YamlErrors errors) => (_configuration, _errors) = (configuration, errors);

    /// <param name="configuration">What was read, without a mistake.</param>
    /// <param name="root">From what; null when the file is empty.</param>
    /// <param name="errors">Told what there is to warn of.</param>
    public static void Judge(ServerConfiguration configuration, YamlNode? root, YamlErrors errors)
    {
        var check = new EntranceCheck(configuration, errors);
        var tenants = root is null ? default : YamlSection.Of(root, "", errors)!.Entries().FirstOrDefault(static entry => entry.Name == "tenants");
        if (!configuration.Tenants.Values.Any(tenant => tenant.Clients.Values.Any(client => check.HasEntrance(tenant.Id, client))))
        {
            var reason = configuration.Tenants.Count == 0 ? "there are no tenants" : "no client has a key, a certificate that is looked at or an issuer that speaks for it";
            errors.Warn(tenants.Key?.Start.Line ?? 1, "tenants", $"{Nobody}: {reason}.");
        }

        foreach (var entry in tenants.Value is { } found ? YamlSection.Of(found, tenants.Path, errors)!.Entries() : [])
        {
            check.JudgeTenant(entry);
        }
    }

    private void JudgeTenant(YamlEntry entry)
    {
        var tenant = _configuration.Tenants[entry.Name];
        if (tenant.Clients.Count == 0)
        {
            _errors.Warn(entry.Key.Start.Line, entry.Path, $"has no clients: {Nobody} for it.");
            return;
        }

        foreach (var client in YamlSection.Of(entry.Value, entry.Path, _errors)!.Section("clients")!.Entries())
        {
            if (!HasEntrance(tenant.Id, tenant.Clients[client.Name]))
            {
                _errors.Warn(client.Key.Start.Line, client.Path, "has no key, no certificate that is looked at and no issuer that speaks for it: it cannot come in.");
            }
        }
    }

    private bool HasEntrance(string tenant, ClientConfiguration client) =>
        client.Keys.Count > 0
        || (client.Certificates.Count > 0 && _configuration.ClientCertificates.Mode != ClientCertificateMode.Ignore)
        || _configuration.Identity.Issuers.Any(issuer => issuer.SpeaksFor(tenant) && issuer.Clients?.Values.Contains(client.Id, StringComparer.Ordinal) != false);
}
