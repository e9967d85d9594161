using System.Reflection;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Tools;

/// <summary>
/// Finds which argument did not fit the parameter of a handler's method, after a call has failed. A schema says less than a type: it knows no range
/// of an integer, and no form of a date.
/// </summary>
internal static class ArgumentBinding
{
    /// <summary>What is wrong with the arguments, in a sentence for the client; null when each fits, so that the handler itself has failed.</summary>
    /// <param name="handler">The tool or prompt.</param>
    /// <param name="arguments">The arguments that it got.</param>
    /// <param name="failure">What it threw.</param>
    public static string? ProblemIn(IMcpServerPrimitive handler, IEnumerable<KeyValuePair<string, JsonElement>>? arguments, Exception failure)
    {
        if (arguments is null || failure is not (JsonException or ArgumentException or FormatException or InvalidOperationException or NotSupportedException)
            || handler.Metadata.OfType<MethodInfo>().FirstOrDefault() is not { } method)
        {
            return null;
        }

        var parameters = method.GetParameters().Where(static one => one.Name is not null).ToDictionary(static one => one.Name!, StringComparer.Ordinal);
        foreach (var (name, value) in arguments)
        {
            if (parameters.TryGetValue(name, out var parameter) && ProblemOf(value, parameter.ParameterType) is { } problem)
            {
                return $"Argument '{name}' {problem}";
            }
        }

        return null;
    }

    private static string? ProblemOf(JsonElement value, Type type)
    {
        try
        {
            // AIFunction binds with these options, and the SDK makes its functions with them.
            value.Deserialize(McpJsonUtilities.DefaultOptions.GetTypeInfo(type));
            return null;
        }
        catch (JsonException e)
        {
            return e.Path is null or "$" ? $"must be {Expected(Nullable.GetUnderlyingType(type) ?? type)}." : $"does not fit at {e.Path}.";
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return null; // A type of the application's that is bound in another way.
        }
    }

    private static string Expected(Type type) => type switch
    {
        _ when RangeOf(type) is { } range => $"an integer {range}",
        _ when type == typeof(string) => "a string",
        _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) => "a date and time such as 2026-01-31T12:00:00Z",
        _ when type == typeof(DateOnly) => "a date such as 2026-01-31",
        _ when type == typeof(TimeOnly) => "a time of day such as 12:00:00",
        _ when type == typeof(TimeSpan) => "a duration such as 00:05:00",
        _ when type == typeof(Guid) => "a UUID",
        _ when type == typeof(Uri) => "a URI",
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ => "of another form; see the input schema",
    };

    private static string? RangeOf(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => null,
        TypeCode.SByte => $"from {sbyte.MinValue} to {sbyte.MaxValue}",
        TypeCode.Byte => $"from {byte.MinValue} to {byte.MaxValue}",
        TypeCode.Int16 => $"from {short.MinValue} to {short.MaxValue}",
        TypeCode.UInt16 => $"from {ushort.MinValue} to {ushort.MaxValue}",
        TypeCode.Int32 => $"from {int.MinValue} to {int.MaxValue}",
        TypeCode.UInt32 => $"from {uint.MinValue} to {uint.MaxValue}",
        TypeCode.Int64 => $"from {long.MinValue} to {long.MaxValue}",
        TypeCode.UInt64 => $"from {ulong.MinValue} to {ulong.MaxValue}",
        _ => null,
    };
}
