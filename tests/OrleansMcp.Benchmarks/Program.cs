using System.CommandLine;
using OrleansMcp.Benchmarks;
using OrleansMcp.Benchmarks.Abuse;
using OrleansMcp.Benchmarks.Bare;
using OrleansMcp.Benchmarks.Stock;

var quick = new Option<bool>("--quick") { Description = "Short rounds and few sessions: shows that it works, not how fast." };
var seconds = new Option<double?>("--seconds") { Description = "Length of a measured round. Default 2; 0.5 with --quick." };
var rounds = new Option<int?>("--rounds") { Description = "Rounds of what is measured in pairs. Default 9; 2 with --quick." };
var only = new Option<string?>("--only") { Description = "Run the scenario of this name alone: " + string.Join(", ", Suite.Names) + "." };
var attack = new Option<string?>("--attack") { Description = "Run this attack of abuse alone: " + string.Join(", ", AllAttacks.Names) + ".", HelpName = "attack" };
attack.AcceptOnlyFromAmong([.. AllAttacks.Names]);
var url = new Option<Uri?>("--url")
{
    Description = "Aim echo at a running server's MCP URL (http, loopback) instead of starting one.",
    CustomParser = result =>
    {
        if (!Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var parsed))
        {
            result.AddError("--url needs an absolute URL.");
        }

        return parsed;
    },
};
var key = new Option<string>("--key") { Description = "Bearer key for --url.", DefaultValueFactory = _ => "demo-alice" };
var pid = new Option<int?>("--pid") { Description = "Process of --url, to read its CPU time." };
var command = new RootCommand("Measures the server against a bare Kestrel endpoint and the server of the C# SDK, and checks every reply.") { quick, seconds, rounds, only, attack, url, key, pid };
command.SetAction((arguments, cancellationToken) => Suite.RunAsync(
    new BenchmarkOptions
    {
        Quick = arguments.GetValue(quick),
        Seconds = arguments.GetValue(seconds),
        RoundCount = arguments.GetValue(rounds),
        Only = arguments.GetValue(only),
        Attack = arguments.GetValue(attack),
        Url = arguments.GetValue(url),
        Key = arguments.GetValue(key)!,
        Pid = arguments.GetValue(pid),
    },
    cancellationToken));

var urls = new Option<string>("--urls") { Description = "Where to listen.", Required = true };
var bare = new Command("bare", "Serves the bare endpoint that the server is compared with.") { urls };
bare.SetAction((arguments, cancellationToken) => BareServer.RunAsync(arguments.GetValue(urls)!, cancellationToken));
command.Add(bare);

var other = new Option<string>("--to") { Description = "Where it hands requests on to.", Required = true };
var forwarding = new Command("forwarding", "Serves the bare endpoint that hands everything on to another server.") { urls, other };
forwarding.SetAction((arguments, cancellationToken) => ForwardingServer.RunAsync(arguments.GetValue(urls)!, new Uri(arguments.GetValue(other)!), cancellationToken));
command.Add(forwarding);

var stock = new Command("stock", "Serves the server of the C# SDK that the server is compared with.") { urls };
stock.SetAction((arguments, cancellationToken) => StockServer.RunAsync(arguments.GetValue(urls)!, cancellationToken));
command.Add(stock);

var file = new Option<string>("--file") { Description = "The database to write.", Required = true };
var rows = new Option<int>("--rows") { Description = "How many rows it has.", Required = true };
var commits = new Command("commits", "Serves the bare endpoint that answers once it has committed a row to SQLite.") { urls, file, rows };
commits.SetAction((arguments, cancellationToken) => CommitServer.RunAsync(
    arguments.GetValue(urls)!, arguments.GetValue(file)!, arguments.GetValue(rows), cancellationToken));
command.Add(commits);
var name = new Option<string>("--name") { Description = "Which attack.", HelpName = "name", Required = true };
name.AcceptOnlyFromAmong([.. AllAttacks.Names]);
var attacked = new Option<string>("--url") { Description = "The MCP URL (http, loopback).", Required = true };
var foreign = new Option<string>("--foreign") { Description = "The id of a session of another tenant.", Required = true };
var length = new Option<double>("--seconds") { Description = "How long.", Required = true };
var attacking = new Command("attack", "Makes an attack of abuse, with the attacker's key.") { name, attacked, foreign, length };
attacking.SetAction((arguments, cancellationToken) => AttackRun.RunAsync(
    arguments.GetValue(name)!, new Uri(arguments.GetValue(attacked)!), arguments.GetValue(foreign)!, TimeSpan.FromSeconds(arguments.GetValue(length)), cancellationToken));
command.Add(attacking);
return await command.Parse(args).InvokeAsync();
