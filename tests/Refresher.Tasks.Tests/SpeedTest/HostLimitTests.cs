using System.Net;
using Refresher.Tasks.SpeedTest.Measuring;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class HostLimitTests
{
    private static readonly IPAddress Elsewhere = IPAddress.Parse("198.51.100.7");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_line_that_is_always_busy_and_read_at_once_is_the_limit_itself(bool upload) =>
        Assert.Null(Seen(busy: 1, window: 0.1, buffer: 0, full: false).Reason(upload, Elsewhere));

    [Fact]
    public void A_server_that_takes_slowly_is_named() =>
        Assert.Contains("its receive window was full for 80 %", Seen(busy: 1, window: 0.8, buffer: 0, full: false).Reason(upload: true, Elsewhere), StringComparison.Ordinal);

    [Fact]
    public void Send_buffers_that_are_too_small_are_named() =>
        Assert.Contains("net.ipv4.tcp_wmem", Seen(busy: 1, window: 0, buffer: 0.9, full: false).Reason(upload: true, Elsewhere), StringComparison.Ordinal);

    [Fact]
    public void A_sender_with_nothing_to_send_is_named() =>
        Assert.Contains("nothing was waiting to be sent for 70 %", Seen(busy: 0.3, window: 0, buffer: 0, full: false).Reason(upload: true, Elsewhere), StringComparison.Ordinal);

    [Fact]
    public void A_reader_that_does_not_keep_up_is_named() =>
        Assert.Contains("receive buffers were full for 100 %", Seen(busy: 0, window: 0, buffer: 0, full: true).Reason(upload: false, Elsewhere), StringComparison.Ordinal);

    [Fact]
    public void Between_two_ends_on_one_machine_there_is_no_line() =>
        Assert.Contains("on this machine", Seen(busy: 1, window: 0, buffer: 0, full: false).Reason(upload: true, IPAddress.Loopback), StringComparison.Ordinal);

    [Fact]
    public void Where_nothing_is_told_nothing_is_said()
    {
        var unseen = new HostLimit();

        Assert.False(unseen.IsKnown);
        Assert.Null(unseen.Reason(upload: true, IPAddress.Loopback));
    }

    [Fact]
    public void A_connection_made_anew_counts_from_its_beginning()
    {
        var limit = new HostLimit();
        var stream = new object();
        limit.Observe(stream, State(TimeSpan.FromSeconds(50), 0, 0, false), TimeSpan.Zero);
        limit.Observe(stream, State(TimeSpan.Zero, 0, 0, false), TimeSpan.FromSeconds(1));
        limit.Observe(stream, State(TimeSpan.FromSeconds(4), 0, 0, false), TimeSpan.FromSeconds(5));

        Assert.Null(limit.Reason(upload: true, Elsewhere));
    }

    /// <summary>Two streams for ten seconds, busy and limited for those shares of it.</summary>
    private static HostLimit Seen(double busy, double window, double buffer, bool full)
    {
        var limit = new HostLimit();
        foreach (var stream in (object[])["one", "other"])
        {
            for (var second = 0; second <= 10; second++)
            {
                limit.Observe(stream, State(TimeSpan.FromSeconds(second * busy), second * window, second * buffer, full), TimeSpan.FromSeconds(second));
            }
        }

        return limit;
    }

    private static TcpState State(TimeSpan busy, double window, double buffer, bool full) =>
        new(0, 0, 0, 0, busy, TimeSpan.FromSeconds(window), TimeSpan.FromSeconds(buffer), full);
}
