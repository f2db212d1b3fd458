using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Refresher.Core.Access;
using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.Measuring;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SpeedTest;

/// <summary>Measurements that other tests on the same processors would disturb.</summary>
[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;

[Collection(nameof(Undisturbed))]
public sealed class ThroughputMeterTests
{
    private static readonly AddressGuard Guard = new(Options.Create(new AddressGuardOptions()));
    private static readonly ThroughputLimits Usual = new(TimeSpan.FromSeconds(6), 1L << 40, 8, TimeSpan.FromMilliseconds(400));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_paced_line_is_measured_as_it_is_paced(bool download)
    {
        var line = new PacedLine(megabitsPerSecond: 80);
        await using var server = await FakeHttpServer.StartAsync(http => download ? line.SendAsync(http) : line.TakeAsync(http));

        var measured = await MeasureAsync(new SpeedServer { Url = server.Url, UploadBytes = 1 << 30 }, download, Usual);

        // The server that paces shares the machine with whatever else runs; how right rates are is the bench's to show.
        Assert.InRange(measured.Rate.Mean, 80 * 0.85, 80 * 1.15);
        Assert.InRange(measured.Curve.Count, 4, 30);
    }

    [Fact]
    public async Task A_steady_rate_ends_the_measurement_early()
    {
        var line = new PacedLine(megabitsPerSecond: 50);
        await using var server = await FakeHttpServer.StartAsync(line.SendAsync);

        var measured = await MeasureAsync(new SpeedServer { Url = server.Url }, download: true, Usual with { Duration = TimeSpan.FromSeconds(60) });

        Assert.Equal(StopReason.Steady, measured.Stopped);
        Assert.InRange(measured.Elapsed.TotalSeconds, 3, 59);
    }

    [Fact]
    public async Task A_line_that_fell_silent_before_the_end_has_no_rate()
    {
        using var silence = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var line = new PacedLine(megabitsPerSecond: 50);
        await using var server = await FakeHttpServer.StartAsync(http => SendUntilAsync(http, silence.Token));

        var dead = await Assert.ThrowsAsync<SpeedServerException>(() => MeasureAsync(new SpeedServer { Url = server.Url }, download: true, Usual with { Duration = TimeSpan.FromSeconds(2) }));

        Assert.Equal("Nothing was transferred for 1 s.", dead.Message);

        async Task SendUntilAsync(HttpContext http, CancellationToken until)
        {
            var sending = line.SendAsync(http, until);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }
    }

    [Fact]
    public async Task A_server_that_is_slow_to_begin_is_measured_from_its_beginning()
    {
        await using var server = await FakeHttpServer.StartAsync(async http =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1.5), http.RequestAborted);
            http.Response.ContentLength = 1 << 30;
            var piece = new byte[256 * 1024];
            while (true)
            {
                await http.Response.Body.WriteAsync(piece, http.RequestAborted);
            }
        });

        var measured = await MeasureAsync(new SpeedServer { Url = server.Url }, download: true, Usual with { Streams = 2, Bytes = 20_000_000 });

        // All of it came within a moment: over the time since the request it would be 100 Mbit/s.
        Assert.Equal(StopReason.Data, measured.Stopped);
        Assert.True(measured.Rate.Mean > 150, $"{measured.Rate.Mean} Mbit/s");
    }

    [Fact]
    public async Task The_data_cap_ends_it_at_once()
    {
        await using var backend = await LoopbackBackend.StartAsync(default);

        var measured = await MeasureAsync(backend.Server, download: true, Usual with { Bytes = 20_000_000 });

        Assert.Equal(StopReason.Data, measured.Stopped);
        Assert.True(measured.Bytes >= 20_000_000, $"{measured.Bytes} bytes");
        Assert.Equal(0, measured.Rate.Low);
        Assert.True(measured.Rate.Mean > 0);
    }

    [Fact]
    public async Task Receiving_a_gigabyte_allocates_next_to_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Factory.StartNew(() => Pour(listener, 1L << 30), TaskCreationOptions.LongRunning);
        using var wire = await Wire.OpenAsync(new Uri($"http://{listener.LocalEndpoint}/"), Guard, 256 * 1024, default);
        await wire.RequestAsync("GET", new Uri($"http://{listener.LocalEndpoint}/garbage.php"), null, default);
        var head = await wire.HeadAsync(default);
        var counter = new ByteCounter();

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await wire.DrainAsync(head, counter, default);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        await serving;
        Assert.Equal(1L << 30, counter.Bytes);
        Assert.InRange(allocated, 0, 200 * 1024);
    }

    [Fact]
    public async Task Sending_a_gigabyte_allocates_next_to_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var taking = Task.Factory.StartNew(() => Swallow(listener), TaskCreationOptions.LongRunning);
        var stream = new UploadStream(new SpeedServer { Url = new Uri($"http://{listener.LocalEndpoint}/"), UploadBytes = 1L << 40 }, Guard);
        var running = stream.RunAsync(stop.Token);
        await Eventually.SeeAsync(() => Task.FromResult(stream.Observe().Bytes), bytes => bytes > 1 << 24, seconds: 60);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var from = stream.Observe().Bytes;
        while (stream.Observe().Bytes < from + (1L << 30))
        {
            await Task.Delay(20);
        }

        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        await stop.CancelAsync();
        await running;
        await taking;
        Assert.InRange(allocated, 0, 4 * 1024 * 1024);
    }

    [Fact]
    public async Task What_there_is_no_line_for_is_said_to_be_limited_by_the_machine()
    {
        await using var backend = await LoopbackBackend.StartAsync(default);

        var measured = await MeasureAsync(backend.Server, download: true, Usual with { Duration = TimeSpan.FromSeconds(1) });

        Assert.NotNull(measured.Host!.Reason(upload: false, measured.Server));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Loopback_gives_more_than_a_line_will(bool download)
    {
        await using var backend = await LoopbackBackend.StartAsync(default);

        var measured = await MeasureAsync(backend.Server, download, Usual with { Duration = TimeSpan.FromSeconds(3) });

        Assert.InRange(measured.Rate.Mean, 1000, 1e6);
    }

    private static async Task<Throughput> MeasureAsync(SpeedServer server, bool download, ThroughputLimits limits)
    {
        await using var meter = new ThroughputMeter(
            TimeProvider.System, () => download ? new DownloadStream(server, Guard) : new UploadStream(server, Guard), limits);
        return await meter.MeasureAsync((_, _) => { }, default);
    }

    /// <summary>A server on a thread of its own that allocates nothing while it sends.</summary>
    private static void Pour(TcpListener listener, long bytes)
    {
        using var socket = listener.AcceptSocket();
        var buffer = new byte[256 * 1024];
        socket.Receive(buffer);
        socket.Send(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n"));
        for (var left = bytes; left > 0; left -= buffer.Length)
        {
            socket.Send(buffer);
        }
    }

    /// <summary>A server on a thread of its own that takes all and says nothing.</summary>
    private static void Swallow(TcpListener listener)
    {
        using var socket = listener.AcceptSocket();
        var buffer = new byte[256 * 1024];
        try
        {
            while (socket.Receive(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The sender was stopped.
        }
    }

    /// <summary>All connections together send or take so many bytes in a second, and no more.</summary>
    private sealed class PacedLine(double megabitsPerSecond)
    {
        private readonly long _begun = Stopwatch.GetTimestamp();
        private readonly Lock _lock = new();
        private double _given;

        public Task SendAsync(HttpContext http) => SendAsync(http, http.RequestAborted);

        public async Task SendAsync(HttpContext http, CancellationToken until)
        {
            http.Response.ContentLength = 1 << 30;
            var piece = new byte[16 * 1024];
            while (true)
            {
                await http.Response.Body.WriteAsync(piece.AsMemory(0, await GrantAsync(piece.Length, until)), http.RequestAborted);
            }
        }

        public async Task TakeAsync(HttpContext http)
        {
            http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
            var piece = new byte[16 * 1024];
            while (await http.Request.Body.ReadAsync(piece, http.RequestAborted) is > 0 and var length)
            {
                await GrantAsync(length, http.RequestAborted);
            }
        }

        private async Task<int> GrantAsync(int length, CancellationToken cancel)
        {
            while (true)
            {
                lock (_lock)
                {
                    // What nobody took in the last 50 ms is lost, as on a line.
                    var possible = Stopwatch.GetElapsedTime(_begun).TotalSeconds * megabitsPerSecond * 1e6 / 8;
                    _given = Math.Max(_given, possible - (megabitsPerSecond * 1e6 / 8 * 0.05));
                    if (_given + length <= possible)
                    {
                        _given += length;
                        return length;
                    }
                }

                await Task.Delay(1, cancel);
            }
        }
    }
}
