using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Refresher.AppHost;

/// <summary>How the system is run on this machine: the arguments of <c>./refresher up</c>, which are also the AppHost's.</summary>
internal sealed record LocalRun
{
    private static readonly string[] s_flags = ["--fresh", "--kafka", "--detach", "--observability", "--throwaway"];

    /// <summary>How many workers run.</summary>
    [Range(1, 32)]
    public int Workers { get; init; } = 1;

    /// <summary>How many schedulers run; all are active.</summary>
    [Range(1, 32)]
    public int Schedulers { get; init; } = 1;

    /// <summary>Whether events go through Kafka; without it consumers read the outbox directly.</summary>
    public bool Kafka { get; init; }

    /// <summary>Starts Prometheus with its exporters, and Grafana where there are containers.</summary>
    public bool Observability { get; init; }

    /// <summary>Throws the data of earlier runs away before the start.</summary>
    public bool Fresh { get; init; }

    /// <summary>Nobody is at the terminal: a start that fails ends the AppHost.</summary>
    public bool Detach { get; init; }

    /// <summary>The address Web and Api listen on; <c>localhost</c> is 127.0.0.1.</summary>
    public string Listen { get; init; } = "localhost";

    [Range(1, 65535)]
    [ConfigurationKeyName("web-port")]
    public int WebPort { get; init; } = 8080;

    [Range(1, 65535)]
    [ConfigurationKeyName("api-port")]
    public int ApiPort { get; init; } = 8081;

    /// <summary><c>servers</c> starts the servers and none of the projects, as tests want.</summary>
    [AllowedValues(null, "servers")]
    public string? Only { get; init; }

    /// <summary>The folder of the local state; <c>.refresher</c> at the root of the repository when not given.</summary>
    public string State { get; init; } = "";

    /// <summary>Keeps no data beyond this run, as tests want.</summary>
    public bool Throwaway { get; init; }

    public bool KeepsData => !Throwaway && Only is null;

    private bool Published { get; init; }

    /// <summary>Writes flags as configuration reads them: <c>--kafka</c> becomes <c>--kafka=true</c>.</summary>
    public static string[] Spell(string[] args) => [.. args.Select(arg => s_flags.Contains(arg) ? arg + "=true" : arg)];

    /// <summary>Reads the arguments; says what is wrong with them where they make no sense.</summary>
    public static bool TryRead(IDistributedApplicationBuilder builder, out LocalRun local)
    {
        local = new();
        try
        {
            builder.Configuration.Bind(local);
            Validator.ValidateObject(local, new ValidationContext(local), validateAllProperties: true);
        }
        catch (Exception e) when (e is InvalidOperationException or ValidationException)
        {
            Console.Error.WriteLine($"{e.Message} {e.InnerException?.Message}".Trim());
            return false;
        }

        var state = local.State.Length > 0 ? local.State : Path.Combine(builder.AppHostDirectory, "..", ".refresher");
        local = local with { State = Path.GetFullPath(state), Published = builder.ExecutionContext.IsPublishMode };
        return true;
    }

    /// <summary>The fixed port of a local run; a published system has none.</summary>
    public int? PortOrNone(int port) => Published ? null : port;
}
