using System.Text.Json;
using ModelContextProtocol;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals.Interference;

namespace OrleansMcp.Sessions.State;

/// <summary>The named values that tools keep in a session (<see cref="ISessionState"/>).</summary>
internal sealed class SessionValues(
    CurrentRecord record, StateWriter writer, IConfigurationSource configuration, InterferenceDetector interference, TimeProvider time)
{
    public T? Get<T>(string key) =>
        record.Value.State.TryGetValue(key, out var value) ? value.Deserialize<T>(JsonSerializerOptions.Web) : default;

    /// <summary>
    /// Changes one value. If the record's effects contain this change, made by an earlier delivery of the same call, returns what that
    /// change returned.
    /// </summary>
    public async Task<T> UpdateAsync<T>(RunningCall call, string key, Func<T?, T> change, CancellationToken cancellationToken)
    {
        T made = default!;
        var step = call.NextStep();
        await writer.WriteAsync(record =>
        {
            call.ThrowIfRevoked();
            if (StateEffects.Find(record, call.Delivery, step, key) is { } effect)
            {
                made = effect.Value is { } held
                    ? held.Deserialize<T>(JsonSerializerOptions.Web)!
                    : throw new McpException("This request was carried out before; its outcome is no longer held.");
                return record;
            }

            var current = record.State.TryGetValue(key, out var former) ? former.Deserialize<T>(JsonSerializerOptions.Web) : default;
            made = change(current);
            var value = JsonSerializer.SerializeToElement(made, JsonSerializerOptions.Web);
            var state = new Dictionary<string, JsonElement>(record.State, StringComparer.Ordinal) { [key] = value };
            CheckSize(state);
            return StateEffects.With(record with { State = state }, call.Delivery, step, key, value, time.GetUtcNow());
        }, cancellationToken);
        interference.Wrote(call.Caller.Tenant);
        return made;
    }

    private void CheckSize(Dictionary<string, JsonElement> state)
    {
        var limit = configuration.Current.Sessions.MaxStateBytes;
        var size = state.Sum(pair => pair.Key.Length + pair.Value.GetRawText().Length);
        if (size > limit)
        {
            throw new McpException($"The session's state may take {limit} bytes; this change would make it {size}.");
        }
    }
}
