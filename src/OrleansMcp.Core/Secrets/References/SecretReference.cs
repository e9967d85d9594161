namespace OrleansMcp.Secrets.References;

/// <summary>The location of an operator's secret. The configuration has the location, never the secret.</summary>
/// <param name="Source">The kind of place: the <see cref="ISecretSource.Name"/> of what reads it.</param>
/// <param name="Location">The place: a variable, a file, a URI.</param>
public sealed record SecretReference(string Source, string Location)
{
    /// <summary>The kinds of places that every host reads.</summary>
    internal static readonly string[] BuiltIn = ["env", "file", "keyVault"];
}
