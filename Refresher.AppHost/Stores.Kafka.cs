namespace Refresher.AppHost;

internal sealed partial record Stores
{
    static partial void OwnKafka(IDistributedApplicationBuilder builder, LocalRun local, ref IResourceBuilder<IResourceWithConnectionString>? kafka)
    {
        if (kafka is null)
        {
            var own = builder.AddKafka("kafka");
            kafka = local.KeepsData ? own.WithDataVolume(LocalData.KafkaVolume) : own;
        }
    }
}
