using Refresher.Bench;
using Refresher.Bench.Pages;
using Refresher.Testing;

// Figures alone go to the output; what the servers say goes beside it.
var output = Console.Out;
var figures = new Figures(output, args.Contains("--json"));
Console.SetOut(Console.Error);
TestServers.SharedAreDurable = true;
var ofTasks = Found.All<IMeasurement>();
if (args.Contains("--help"))
{
    Console.Error.WriteLine($"""
        throughput   runs recorded a second, and Celery's beside it   [--runs N (20000)] [--workers N (2)]
        lateness     how punctual many schedules are, and Celery beat's beside them
                     [--schedules N (100000)] [--due N a second (1000)] [--edits N a second (200)] [--seconds N (60)] [--peer-schedules N (10000)]
        lateness --burst [N (20000)]   so many runs due in one second under a limit   [--limit N (200)] [--task hello|http-request (http-request, 20 ms each)]
        events       events through to rows a second, and how long each takes   [--events N (300000)] [--writers N (4)] [--batch N a transaction (500)]
                     [--rate N a second for the latency (2000)] [--seconds N (20)] [--kafka: through relay and broker]
        pages        how long every page takes over much data, what the first one weighs, and what open ones cost
                     [--runs N (1000000)] [--sites N (10000)] [--checks N (20000000)] [--looks N at each page (30)] [--open N pages (500)] [--seconds N (60)]
        {string.Join(Environment.NewLine, ofTasks.Select(measurement => measurement.Help))}
        idle         memory and processor of the four services with nothing to do   [--schedules N (1000)] [--seconds N (60)] [--settle N (30)] [--env NAME=VALUE,…]
        --no-peers   without Celery, blackbox_exporter and speedtest-cli
        --json       a JSON object a figure
        """);
    return 0;
}

var options = BenchOptions.Parse(args);
switch (options.Name)
{
    case "throughput":
        await Throughput.RunAsync(options, figures);
        break;
    case "lateness":
        await Lateness.RunAsync(options, figures);
        break;
    case "events":
        await EventFlow.RunAsync(options, figures);
        break;
    case "pages":
        await PageBench.RunAsync(options, figures);
        break;
    case "idle":
        await Idle.RunAsync(options, figures);
        break;
    case var name when ofTasks.Select(measurement => measurement.Verbs.GetValueOrDefault(name)).FirstOrDefault(found => found is not null) is { } run:
        await run(options, figures, output);
        break;
    default:
        Console.Error.WriteLine($"There is no measurement '{options.Name}'; --help says what there is.");
        return 2;
}

return 0;
