using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Outbox;

namespace Refresher.Core.Alerts.Log;

/// <summary>Writes every change for better or worse into a file, a line of JSON each: what is left to read when everything else is gone.</summary>
internal sealed class IncidentLog(IOptions<IncidentLogOptions> options) : IEventConsumer, IDisposable
{
    private readonly IncidentFile _file = new(options.Value.Path!, options.Value.MaxBytes, options.Value.Files);
    private readonly SemaphoreSlim _turn = new(1);

    public string Name => "incident-log";

    public IReadOnlyList<string> Topics { get; } = [Outbox.Topics.SiteStatus, Outbox.Topics.Runs];

    public async Task<IReadOnlyCollection<string>> HandleAsync(IReadOnlyList<Event> events, NpgsqlConnection connection, CancellationToken cancel)
    {
        var lines = events.Where(one => one.Type == StateChange.EventType).Select(one => (one.Id, Line: LineOf(one))).ToArray();
        await _turn.WaitAsync(cancel);
        try
        {
            await _file.AppendAsync(lines, cancel);
        }
        finally
        {
            _turn.Release();
        }

        return [];
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>The change with the id and the instant of its event before it.</summary>
    private static byte[] LineOf(Event one)
    {
        var change = Read(one);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id", one.Id);
            writer.WriteString("writtenAt", one.At.UtcDateTime);
            foreach (var member in JsonSerializer.SerializeToElement(change, AlertJson.Default.StateChange).EnumerateObject())
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static StateChange Read(Event one)
    {
        try
        {
            return one.Read(AlertJson.Default.StateChange);
        }
        catch (JsonException error)
        {
            throw new PoisonEventException(one.Id, $"It is no change that can be read: {error.Message}", error);
        }
    }
}
