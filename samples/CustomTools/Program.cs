var builder = WebApplication.CreateBuilder(args);
builder.AddOrleansMcp();                                       // engine, stores, front end; settings like the program's
builder.Services.AddMcpServer().WithToolsFromAssembly();       // the official SDK's own builder
var app = builder.Build();
app.MapOrleansMcp();                                           // /mcp, /ops, health
app.Run();
