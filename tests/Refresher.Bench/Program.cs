using Refresher.Bench;

var figures = new Figures(args.Contains("--json"));
var options = BenchOptions.Parse(args);
switch (options.Name)
{
    case "throughput":
        await Throughput.RunAsync(options, figures);
        break;
    case "lateness":
        await Lateness.RunAsync(options, figures);
        break;
    default:
        Console.Error.WriteLine($"There is no measurement '{options.Name}'. There are: throughput, lateness.");
        return 2;
}

return 0;
