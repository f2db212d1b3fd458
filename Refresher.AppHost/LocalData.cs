namespace Refresher.AppHost;

/// <summary>The data that a local run leaves for the next one.</summary>
internal static partial class LocalData
{
    public const string PostgresVolume = "refresher-postgres";
    public const string RedisVolume = "refresher-redis";
    public const string KafkaVolume = "refresher-kafka";
    public const string PrometheusVolume = "refresher-prometheus";
    public const string GrafanaVolume = "refresher-grafana";

    /// <summary>Throws the data away just before the start, when nothing uses it any more.</summary>
    public static void DiscardIfAsked(IDistributedApplicationBuilder builder, LocalRun local)
    {
        if (local.Fresh && builder.ExecutionContext.IsRunMode)
        {
            builder.Eventing.Subscribe<BeforeStartEvent>((_, cancel) => DiscardAsync(local.State, cancel));
        }
    }

    private static async Task DiscardAsync(string state, CancellationToken cancel)
    {
        var data = Path.Combine(state, "data");
        if (Directory.Exists(data))
        {
            Directory.Delete(data, recursive: true);
        }

        var volumes = Task.CompletedTask;
        RemoveVolumes(cancel, ref volumes);
        await volumes;
    }

    static partial void RemoveVolumes(CancellationToken cancel, ref Task removal);
}
