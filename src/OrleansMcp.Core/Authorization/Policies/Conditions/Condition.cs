using System.Text.Json;
using OrleansMcp.Authorization.Policies.Arguments;

namespace OrleansMcp.Authorization.Policies.Conditions;

/// <summary>What a rule demands of one argument.</summary>
internal abstract class Condition(ValuePath path, string operation, string expected)
{
    public ValuePath Path => path;

    /// <summary>The condition in the words of the policy.</summary>
    public string Text => $"{path.Text} {operation} {expected}";

    /// <summary>Judges the arguments of a call; <paramref name="seen"/> is the value at the path, if there is one.</summary>
    public Finding Test(CallArguments arguments, out JsonElement seen) => path.Find(arguments, out seen) switch
    {
        Found.Value => Test(seen),
        Found.Nothing => TestNothing(),
        _ => Finding.OtherSpelling,
    };

    protected abstract Finding Test(JsonElement value);

    protected virtual Finding TestNothing() => Finding.Missing;

    protected static Finding Of(bool holds) => holds ? Finding.Holds : Finding.Fails;
}
