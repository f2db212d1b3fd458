using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor.Probing;

/// <summary>Requests as they are sent, and answers as they are judged.</summary>
public sealed class HttpAnswerTests : IDisposable
{
    private readonly ProberUnderTest _prober = new();

    [Fact]
    public async Task A_request_is_sent_as_the_check_says()
    {
        var heads = new ConcurrentQueue<string>();
        await using var site = FakeSite.Start(call =>
        {
            heads.Enqueue(call.Head);
            return call.AnswerAsync("ok");
        });

        await _prober.HttpAsync(new Uri(site.Url, "/a%20b?q=%C3%A4"), new HttpCheck { Method = "PUT", Headers = ["X-One: 1", "user-agent: mine"], User = "me", Secret = "pa:ss" });
        await _prober.HttpAsync(site.Url, new HttpCheck { Secret = "token" });

        Assert.True(heads.TryDequeue(out var first));
        Assert.Equal(
            $"PUT /a%20b?q=%C3%A4 HTTP/1.1\r\nX-One: 1\r\nuser-agent: mine\r\nHost: 127.0.0.1:{site.Port}\r\nAccept: */*\r\nAccept-Encoding: gzip, br\r\nAuthorization: Basic bWU6cGE6c3M=\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            first);
        Assert.True(heads.TryDequeue(out var second));
        Assert.Contains("\r\nAuthorization: Bearer token\r\n", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_compressed_body_is_matched_and_counted_as_it_is_read(string coding)
    {
        var packed = new MemoryStream();
        await using (Stream pack = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Compress, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true),
            _ => new BrotliStream(packed, CompressionMode.Compress, leaveOpen: true),
        })
        {
            await pack.WriteAsync(Encoding.UTF8.GetBytes(new string('a', 5000) + " all is well"));
        }

        // In chunks of one byte: everything is cut everywhere.
        var chunks = string.Concat(packed.ToArray().Select(b => "1\r\n" + (char)b + "\r\n")) + "0\r\nTrailer: x\r\n\r\n";
        await using var site = FakeSite.Start(call => call.SendAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: {coding}\r\n\r\n{chunks}"));

        var seen = await _prober.HttpAsync(site.Url, new HttpCheck { MustMatch = "is well$" });

        Assert.Equal((CheckStatus.Up, 5012L, true), (seen.Status, seen.Bytes, seen.Matched));
    }

    [Theory]
    [InlineData("text/plain; charset=ISO-8859-1", "gr\u00fcn")]
    [InlineData("text/plain; charset=\"windows-1252\"", "gr\u00fcn")]
    [InlineData("text/plain; charset=utf-8", "gr\u00c3\u00bcn")]
    [InlineData("text/plain", "gr\u00c3\u00bcn")]
    [InlineData("text/plain; charset=no-such", "gr\u00c3\u00bcn")]
    [InlineData("text/plain", "\u00ff\u00feg\0r\0\u00fc\0n\0")]
    public async Task Text_is_read_by_its_charset(string type, string bytes)
    {
        await using var site = FakeSite.Start(call => call.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length}\r\n\r\n{bytes}"));

        Assert.Equal((CheckStatus.Up, true), await StateAsync(site, new HttpCheck { MustMatch = "^grün$" }));
    }

    [Fact]
    public async Task A_body_that_must_and_must_not_match_is_told_by_the_expression()
    {
        await using var site = FakeSite.Start(call => call.AnswerAsync("maintenance"));

        var must = await _prober.HttpAsync(site.Url, new HttpCheck { MustMatch = "all is well" });
        var mustNot = await _prober.HttpAsync(site.Url, new HttpCheck { MustNotMatch = "mainten.nce" });

        Assert.Equal((CheckFault.Content, "the body does not match all is well", false, "maintenance"), (must.Fault, must.Error, must.Matched, must.Body));
        Assert.Equal((CheckFault.Content, "the body matches mainten.nce, which it must not", null), (mustNot.Fault, mustNot.Error, mustNot.Matched));
    }

    [Fact]
    public async Task An_expression_that_others_never_finish_is_finished()
    {
        await using var site = FakeSite.Start(call => call.AnswerAsync(new string('a', 900_000) + "!"));

        var seen = await _prober.HttpAsync(site.Url, new HttpCheck { MustMatch = "^(a+)+$" });

        Assert.Equal((CheckFault.Content, "the body does not match ^(a+)+$"), (seen.Fault, seen.Error));
        Assert.InRange(seen.TotalMs, 0, 5000);
    }

    [Fact]
    public async Task A_JSON_condition_is_looked_at_and_a_page_is_not_JSON()
    {
        await using var json = FakeSite.Start(call => call.AnswerAsync("\uFEFF{\"status\":\"degraded\",\"checks\":[{\"up\":true}]}"));
        await using var page = FakeSite.Start(call => call.AnswerAsync("<html><body>Login</body></html>"));

        Assert.Equal(CheckStatus.Up, (await _prober.HttpAsync(json.Url, new HttpCheck { JsonCondition = "$.checks[0].up == true" })).Status);
        Assert.Equal("$.status is \"degraded\", expected: == \"ok\"", (await _prober.HttpAsync(json.Url, new HttpCheck { JsonCondition = "$.status == \"ok\"" })).Error);
        var seen = await _prober.HttpAsync(page.Url, new HttpCheck { JsonCondition = "$.status == \"ok\"" });
        Assert.Equal((CheckFault.Content, "the body is not JSON: it begins with \"<html><body>Login</body></html>\""), (seen.Fault, seen.Error));
    }

    [Fact]
    public async Task What_has_no_body_is_not_waited_for()
    {
        await using var site = FakeSite.Start(async call =>
        {
            await call.SendAsync(call.Head.StartsWith("HEAD", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" : "HTTP/1.1 204 No Content\r\n\r\n");
            await call.StayAsync();
        });

        Assert.Equal((CheckStatus.Up, null), await StateAsync(site, new HttpCheck { Method = "HEAD" }));
        Assert.Equal((CheckStatus.Up, null), await StateAsync(site, new HttpCheck()));
    }

    [Fact]
    public async Task Interim_answers_are_passed_over_and_lines_may_end_with_a_line_feed()
    {
        await using var site = FakeSite.Start(call => call.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.0 200\nContent-Type: text/plain\n\nto the end"));

        var seen = await _prober.HttpAsync(site.Url, new HttpCheck { MustMatch = "^to the end$" });

        Assert.Equal((CheckStatus.Up, 200, 10L), (seen.Status, seen.StatusCode, seen.Bytes));
    }

    [Fact]
    public async Task What_is_kept_of_a_failing_answer_is_its_first_4_KiB()
    {
        await using var site = FakeSite.Start(call => call.AnswerAsync(new string('ü', 100_000), 500));

        var seen = await _prober.HttpAsync(site.Url);

        Assert.Equal((4096, 200_000L), (Encoding.UTF8.GetByteCount(seen.Body!), seen.Bytes));
    }

    public void Dispose() => _prober.Dispose();

    private async Task<(CheckStatus, bool?)> StateAsync(FakeSite site, HttpCheck check)
    {
        var seen = await _prober.HttpAsync(site.Url, check);
        return (seen.Status, seen.Matched);
    }
}
