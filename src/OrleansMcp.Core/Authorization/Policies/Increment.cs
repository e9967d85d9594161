using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Authorization.Policies.Counters;

namespace OrleansMcp.Authorization.Policies;

/// <summary>What a call adds to a counter: always the same, or one of its arguments. Never less than nothing.</summary>
internal sealed record Increment(decimal Fixed, ArgumentPath? From = null)
{
    /// <summary>The amount of a call, or why it has none that can be counted.</summary>
    public string? ProblemIn(CallArguments arguments, out decimal amount)
    {
        amount = Fixed;
        if (From is null)
        {
            return null;
        }

        amount = 0;
        return From.Find(arguments, out var value) switch
        {
            Found.Nothing => $"{From.Text} is missing",
            Found.OtherSpelling => $"{From.Text} is written in another case",
            _ => ProblemIn(value, out amount),
        };
    }

    private string? ProblemIn(JsonElement value, out decimal amount)
    {
        amount = 0;
        if (value.ValueKind != JsonValueKind.Number)
        {
            return $"{From!.Text} is not a number";
        }

        if (!ExactNumber.TryParse(JsonMarshal.GetRawUtf8Value(value), out var number) || number.FractionDigits > CounterLimits.DecimalPlaces
            || number.WholeDigits > 16 || !value.TryGetDecimal(out amount) || amount > CounterLimits.MaxAmount)
        {
            amount = 0;
            return $"{From!.Text} cannot be counted exactly (up to {CounterLimits.MaxAmount}, {CounterLimits.DecimalPlaces} decimal places)";
        }

        return number.Sign < 0 ? $"{From!.Text} is negative" : null;
    }
}
