using System.Globalization;
using System.Net;

namespace OrleansMcp.Drill.Targets;

/// <summary>How often each signal was raised, or why that cannot be read.</summary>
/// <param name="Counts">The counts since the server started; null when they cannot be read.</param>
/// <param name="Problem">Why not; null when they were read.</param>
internal sealed record SignalReading(IReadOnlyDictionary<string, long>? Counts, string? Problem)
{
    public static SignalReading WithoutKey { get; } = new(Counts: null, "no operator's key was given");

    public static SignalReading WithoutAnswer { get; } = new(Counts: null, "GET /ops/signals was not answered");

    public static SignalReading Unreadable { get; } = new(Counts: null, "the answer to GET /ops/signals cannot be read");

    public static SignalReading Of(HttpStatusCode status) => new(Counts: null, status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
        ? string.Create(CultureInfo.InvariantCulture, $"the server refuses the operator's key ({(int)status})")
        : string.Create(CultureInfo.InvariantCulture, $"GET /ops/signals was answered {(int)status}"));
}
