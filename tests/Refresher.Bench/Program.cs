using Refresher.Bench;

// Figures alone go to the output; what the servers say goes beside it.
var figures = new Figures(Console.Out, args.Contains("--json"));
Console.SetOut(Console.Error);
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
