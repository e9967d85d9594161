using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansMcp.Sessions;

/// <summary>The receipt as clients see it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SessionReceipt))]
public sealed partial class ReceiptJson : JsonSerializerContext;
