using System.Text.Json;

namespace OrleansMcp.Authorization.Policies.Arguments;

/// <summary>A place that conditions look at.</summary>
internal abstract class ValuePath(string text)
{
    /// <summary>The path as the policy writes it.</summary>
    public string Text => text;

    /// <summary>Whether what is not there is known not to be: a list without entries. Otherwise a condition on what is missing fails.</summary>
    public virtual bool IsListOfSession => false;

    /// <summary>What a call has at this place.</summary>
    public abstract Found Find(CallArguments arguments, out JsonElement value);
}
