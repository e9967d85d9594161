using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ModelContextProtocol.Server;
using OrleansMcp;

namespace CustomTools;

/// <summary>A shop's tools: a basket that belongs to one session, orders that the client's sessions share, and a signature by a secret.</summary>
[McpServerToolType]
internal sealed class ShoppingTools(ISessionContext session, IRecords records)
{
    private const string Basket = "basket";
    private const string Orders = "orders";

    [McpServerTool(Name = "basket_add", Destructive = false), Redeliverable]
    [Description("Puts an article into this session's basket, and returns what is in it. It is there after a restart.")]
    public Task<string[]> AddAsync([Description("The article.")] string article, CancellationToken cancellationToken) =>
        session.State.UpdateAsync<string[]>(Basket, basket => [.. basket ?? [], article], cancellationToken);

    [McpServerTool(Name = "order_place"), Redeliverable]
    [Description("Orders what is in this session's basket. Other sessions of the client see the order, those of other clients do not.")]
    public async Task<string> PlaceAsync([Description("The order's number.")] string number, CancellationToken cancellationToken)
    {
        var articles = session.State.Get<string[]>(Basket) ?? [];
        var order = JsonSerializer.SerializeToElement(new { articles, by = session.Subject });
        await records.TransactAsync(Orders, reads: [], writes: [new RecordWrite(number, order, Version: 0)], cancellationToken);
        await session.State.UpdateAsync<string[]>(Basket, _ => [], cancellationToken);
        var placed = await records.GetAsync(Orders, number, cancellationToken); // A call that is delivered again finds its basket empty, and its order here.
        return $"Ordered: {string.Join(", ", placed!.Value.GetProperty("articles").EnumerateArray())}.";
    }

    [McpServerTool(Name = "order_sign", ReadOnly = true, Idempotent = true)]
    [Description("Signs an order with this session's secret 'signing-key' (HMAC-SHA-256). The client gives it with PUT /mcp/secrets/signing-key.")]
    public async Task<string> SignAsync([Description("The order's number.")] string number, CancellationToken cancellationToken)
    {
        var order = await records.GetAsync(Orders, number, cancellationToken) ?? throw new ModelContextProtocol.McpException("There is no such order.");
        return session.Secrets.Use("signing-key", order.Value.GetRawText(), static (key, text) =>
            Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))));
    }
}
