using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Refresher.Testing.Kafka;

/// <summary>A resource that refers to Kafka and does nothing: what it is told is what a project is told.</summary>
internal sealed class KafkaReader() : Resource("kafka-reader"), IResourceWithEnvironment
{
    /// <summary>To be asked once the broker runs: its port is part of the answer.</summary>
    public static async Task<IReadOnlyList<(string Key, string Value)>> SettingsAsync(IDistributedApplicationTestingBuilder builder, CancellationToken cancel)
    {
        var kafka = (IResourceWithConnectionString)builder.Resources.Single(resource => resource.Name == "kafka");
        var reader = new KafkaReader();
        builder.CreateResourceBuilder(reader).WithReference(builder.CreateResourceBuilder(kafka));
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, reader, cancellationToken: cancel);
        foreach (var annotation in reader.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        var settings = new List<(string, string)>();
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            var text = value is IValueProvider later ? await later.GetValueAsync(cancel) : $"{value}";
            settings.Add((name.Replace("__", ":", StringComparison.Ordinal), text ?? ""));
        }

        return settings;
    }
}
