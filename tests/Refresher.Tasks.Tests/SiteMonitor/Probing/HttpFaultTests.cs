using System.IO.Compression;
using System.Text;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor.Probing;

/// <summary>Servers that misbehave: each is down for the right reason, in words, within its time and in little memory.</summary>
public sealed class HttpFaultTests : IDisposable
{
    private readonly ProberUnderTest _prober = new();

    [Fact]
    public async Task A_server_that_says_nothing_is_out_of_time()
    {
        await using var site = FakeSite.Start(call => call.StayAsync());

        Down(await _prober.HttpAsync(site.Url, seconds: 0.3), CheckFault.Timeout, "no answer within 300 ms: the request was sent and nothing came");
    }

    [Fact]
    public async Task A_body_that_drips_is_out_of_time_and_what_came_is_counted_and_kept()
    {
        await using var site = FakeSite.Start(async call =>
        {
            await call.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + new string('x', 4000));
            await call.StayAsync();
        });

        var seen = await _prober.HttpAsync(site.Url, new HttpCheck { MustMatch = "x" }, seconds: 0.5);

        Down(seen, CheckFault.Timeout, "no answer within 500 ms: 4,000 bytes of the body had come");
        Assert.Equal((4000, 200, null), (seen.Body!.Length, seen.StatusCode, seen.Matched));
        Assert.InRange(seen.TotalMs, 490, 5000);
    }

    [Fact]
    public async Task Bytes_that_drip_one_by_one_do_not_lengthen_the_time()
    {
        await using var site = FakeSite.Start(async call =>
        {
            await call.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            await call.RepeatAsync("1\r\nx\r\n"u8.ToArray(), TimeSpan.FromMilliseconds(10));
        });

        var seen = await _prober.HttpAsync(site.Url, seconds: 0.5);

        Assert.Equal(CheckFault.Timeout, seen.Fault);
        Assert.Matches("^no answer within 500 ms: [0-9]+ bytes of the body had come$", seen.Error);
    }

    [Fact]
    public async Task A_head_that_drips_is_out_of_time()
    {
        await using var site = FakeSite.Start(async call =>
        {
            await call.SendAsync("HTTP/1.1 200 OK\r\n");
            await call.StayAsync();
        });

        Down(await _prober.HttpAsync(site.Url, seconds: 0.3), CheckFault.Timeout, "no answer within 300 ms: the head of the answer did not end");
    }

    [Theory]
    [InlineData("", "reset the connection")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "reset the connection within the body: 3 bytes had come")]
    public async Task A_connection_that_is_reset_says_so(string before, string words)
    {
        await using var site = FakeSite.Start(async call =>
        {
            await call.SendAsync(before);
            await Task.Delay(before.Length > 0 ? 100 : 0);
            call.Reset();
        });

        Down(await _prober.HttpAsync(site.Url), CheckFault.Reset, $"127.0.0.1:{site.Port} {words}");
    }

    [Theory]
    [InlineData("", "closed the connection without an answer")]
    [InlineData("HTTP/1.1 200 OK\r\nServer: x", "the connection ended within the head of the answer")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "the connection ended within the body: 3 bytes had come")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "the connection ended within the body: 3 bytes had come")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "the connection ended within the body: 3 bytes had come")]
    public async Task A_connection_that_is_closed_too_early_says_how_far_it_came(string sent, string words)
    {
        await using var site = FakeSite.Start(async call =>
        {
            await call.SendAsync(sent);
            call.ShutDownSending();
            await call.StayAsync();
        });

        var seen = await _prober.HttpAsync(site.Url);

        Assert.Equal(CheckFault.Reset, seen.Fault);
        Assert.EndsWith(words, seen.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 Debian\r\n\r\n", "the answer is not HTTP: it begins with \"SSH-2.0-OpenSSH_9.2p1 Debian\"")]
    [InlineData("HTTP/1.1 99 What\r\n\r\n", "the answer is not HTTP: it begins with \"HTTP/1.1 99 What\"")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", "a header of the answer is none: \"no colon here\"")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "the answer has no valid length: Content-Length: \"-1\"")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "the answer has no valid length: Content-Length: \"4\"")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "the chunks of the answer are malformed: a chunk has no size")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", "the chunks of the answer are malformed: a chunk of more than a TiB")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", "the chunks of the answer are malformed: a chunk is longer than its size")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: compress\r\n\r\n", "the answer is compressed in an unknown way: Content-Encoding: \"compress\"")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\nnot so", "the body is not gzip as the answer says")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", "the server changes to another protocol (status 101)")]
    public async Task What_is_no_answer_in_HTTP_is_told_from_one(string sent, string words)
    {
        await using var site = FakeSite.Start(async call =>
        {
            await call.SendAsync(sent);
            await call.StayAsync();
        });

        Down(await _prober.HttpAsync(site.Url), CheckFault.Protocol, words);
    }

    [Fact]
    public async Task Headers_without_an_end_are_not_read_for_ever()
    {
        await using var site = FakeSite.Start(async call =>
        {
            await call.SendAsync("HTTP/1.1 200 OK\r\n");
            await call.RepeatAsync(Encoding.ASCII.GetBytes("X-Padding: " + new string('x', 1000) + "\r\n"));
        });

        Down(await _prober.HttpAsync(site.Url), CheckFault.Protocol, "the head of the answer has no end within 65,536 bytes");
    }

    [Theory]
    [InlineData("Content-Length: 1073741824", "the body has 1,073,741,824 bytes, and no more than 1,048,576 are allowed")]
    [InlineData("Connection: close", "the body does not end, and no more than 1,048,576 are allowed")]
    public async Task A_gigabyte_is_not_read(string header, string words)
    {
        await using var site = FakeSite.Start(async call =>
        {
            await call.SendAsync($"HTTP/1.1 200 OK\r\n{header}\r\n\r\n");
            await call.RepeatAsync(new byte[64 * 1024]);
        });
        await _prober.HttpAsync(site.Url);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var seen = await _prober.HttpAsync(site.Url);

        Down(seen, CheckFault.TooLarge, words);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 8_000_000);
    }

    [Fact]
    public async Task A_gzip_bomb_stops_at_the_limit()
    {
        var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var i = 0; i < 1000; i++)
            {
                await gzip.WriteAsync(new byte[100_000]);
            }
        }

        await using var site = FakeSite.Start(call => call.SendAsync([.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {bomb.Length}\r\n\r\n"), .. bomb.ToArray()]));

        var seen = await _prober.HttpAsync(site.Url, new HttpCheck { MustMatch = "x" });

        Down(seen, CheckFault.TooLarge, "the decompressed body does not end, and no more than 1,048,576 are allowed");
        Assert.InRange(seen.Bytes!.Value, 1_048_577, 1_200_000);
    }

    [Fact]
    public async Task A_site_that_flaps_is_seen_as_it_is_each_time()
    {
        await using var site = FakeSite.Start(call => call.AnswerAsync("x", call.Number % 2 == 0 ? 500 : 200));

        var seen = new List<CheckStatus>();
        for (var i = 0; i < 6; i++)
        {
            seen.Add((await _prober.HttpAsync(site.Url)).Status);
        }

        Assert.Equal([CheckStatus.Up, CheckStatus.Down, CheckStatus.Up, CheckStatus.Down, CheckStatus.Up, CheckStatus.Down], seen);
        Assert.Equal(6, site.Calls);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_a_fault_of_names()
    {
        await using var server = FakeNameServer.Start(question => question.Fail(3));
        using var prober = ProberUnderTest.WithNameServer(server.Address);

        var seen = await prober.HttpAsync(new Uri("http://nowhere.example/"));

        Down(seen, CheckFault.Dns, $"the name server {server.Address} says that there is no name nowhere.example (NXDOMAIN)");
        Assert.Null(seen.Address);
    }

    public void Dispose() => _prober.Dispose();

    private static void Down(CheckResult seen, CheckFault fault, string words) => Assert.Equal((CheckStatus.Down, fault, words), (seen.Status, seen.Fault, seen.Error));
}
