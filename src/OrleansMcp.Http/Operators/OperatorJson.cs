using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Operators;

/// <summary>An open session as operators see it.</summary>
internal sealed record OperatedSession(
    string Session, string Client, string Subject, DateTimeOffset OpenedAt, DateTimeOffset LastActiveAt, int Calls,
    IReadOnlyList<string> Permissions);

/// <summary>A page of a tenant's sessions.</summary>
/// <param name="Sessions">In the order of their names.</param>
/// <param name="Next">What to pass as <c>after</c> for the next page; null at the end.</param>
internal sealed record OperatedPage(IReadOnlyList<OperatedSession> Sessions, string? Next);

/// <summary>How often each signal was raised, by its name.</summary>
internal sealed record SignalReading(IReadOnlyDictionary<string, long> Signals);

/// <summary>The permissions that a session keeps.</summary>
internal sealed record RemainingPermissions(IReadOnlyList<string>? Permissions);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, PropertyNameCaseInsensitive = false)]
[JsonSerializable(typeof(OperatedPage))]
[JsonSerializable(typeof(RemainingPermissions))]
[JsonSerializable(typeof(SignalReading))]
[JsonSerializable(typeof(SessionReceipt))]
internal sealed partial class OperatorJson : JsonSerializerContext;
