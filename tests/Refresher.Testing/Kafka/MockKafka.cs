using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Refresher.Testing.Kafka;

/// <summary>librdkafka's mock of a cluster (rdkafka_mock.h): in this process, in memory; it has the headers, idempotence and cooperative groups that the old broker lacks.</summary>
public sealed partial class MockKafka : IDisposable
{
    private const string Library = "librdkafka";
    private readonly nint _client;
    private readonly nint _cluster;

    static MockKafka() => NativeLibrary.SetDllImportResolver(typeof(MockKafka).Assembly, Resolve);

    /// <param name="brokers">1 to 9.</param>
    /// <exception cref="InvalidOperationException">The library could not make one.</exception>
    public MockKafka(int brokers = 3)
    {
        var error = new byte[512];
        _client = rd_kafka_new(0, rd_kafka_conf_new(), error, error.Length);
        _cluster = _client == 0 ? 0 : rd_kafka_mock_cluster_new(_client, brokers);
        if (_cluster == 0)
        {
            throw new InvalidOperationException("No mock cluster: " + Encoding.UTF8.GetString(error).TrimEnd('\0'));
        }

        Servers = Marshal.PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(_cluster)) ?? "";
        Brokers = brokers;
    }

    /// <summary><c>host:port,host:port</c></summary>
    public string Servers { get; }

    public int Brokers { get; }

    /// <summary>A cluster of three that has these topics.</summary>
    public static MockKafka With(IEnumerable<string> topics, int partitions)
    {
        var kafka = new MockKafka();
        foreach (var topic in topics)
        {
            kafka.CreateTopic(topic, partitions);
        }

        return kafka;
    }

    public void CreateTopic(string name, int partitions)
    {
        if (rd_kafka_mock_topic_create(_cluster, name, partitions, Math.Min(Brokers, 3)) is not 0 and var code)
        {
            throw new InvalidOperationException($"The mock cluster made no topic {name}: error {code}.");
        }
    }

    /// <summary>All brokers hang up and answer nobody until <see cref="Up"/>.</summary>
    public void Down()
    {
        for (var id = 1; id <= Brokers; id++)
        {
            _ = rd_kafka_mock_broker_set_down(_cluster, id);
        }
    }

    public void Up()
    {
        for (var id = 1; id <= Brokers; id++)
        {
            _ = rd_kafka_mock_broker_set_up(_cluster, id);
        }
    }

    public void Dispose()
    {
        rd_kafka_mock_cluster_destroy(_cluster);
        rd_kafka_destroy(_client);
    }

    // As the client does: the first of its package's builds needs a libsasl2 that not every Linux has, and the next one needs none.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) =>
        name != Library ? 0
        : NativeLibrary.TryLoad(name, assembly, search, out var first) ? first
        : NativeLibrary.Load("centos8-" + name, assembly, search);

    [LibraryImport(Library)]
    private static partial nint rd_kafka_conf_new();

    [LibraryImport(Library)]
    private static partial nint rd_kafka_new(int type, nint configuration, [Out] byte[] error, nint size);

    [LibraryImport(Library)]
    private static partial void rd_kafka_destroy(nint client);

    [LibraryImport(Library)]
    private static partial nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [LibraryImport(Library)]
    private static partial void rd_kafka_mock_cluster_destroy(nint cluster);

    [LibraryImport(Library)]
    private static partial nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_mock_topic_create(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Library)]
    private static partial int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [LibraryImport(Library)]
    private static partial int rd_kafka_mock_broker_set_up(nint cluster, int broker);
}
