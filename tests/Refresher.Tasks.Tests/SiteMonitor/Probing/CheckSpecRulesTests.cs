using System.Text.Json;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.Tests.SiteMonitor.Probing;

/// <summary>What is refused before it is stored, by the name of its field.</summary>
public sealed class CheckSpecRulesTests
{
    [Theory]
    [InlineData("""{"target":"https://example.com/a?b=c"}""")]
    [InlineData("""{"target":"http://[::1]:8080/","http":{"method":"POST","body":"{}","headers":["X-One: 1"],"user":"me","secret":"s","statusCodes":"200, 401-403","mustMatch":"a+","jsonCondition":"$.a exists","version":"2"}}""")]
    [InlineData("""{"kind":"tcp","target":"db.example.com:5432"}""")]
    [InlineData("""{"kind":"tcp","target":"[2001:db8::1]:5432"}""")]
    [InlineData("""{"kind":"dns","target":"_dmarc.example.com.","dns":{"record":"txt","expected":["v=DMARC1"],"server":"192.0.2.53:5353"}}""")]
    [InlineData("""{"kind":"dns","target":"bücher.example","dns":{"server":"[2001:db8::53]:53"}}""")]
    public void These_are_right(string spec) => Assert.Empty(Check(spec));

    [Theory]
    [InlineData("""{"target":"example.com"}""", "check.target")]
    [InlineData("""{"target":"ftp://example.com/"}""", "check.target")]
    [InlineData("""{"target":"http://me:secret@example.com/"}""", "check.target")]
    [InlineData("""{"target":""}""", "check.target")]
    [InlineData("""{"target":"http://a/","timeout":"00:00:00.050"}""", "check.timeout")]
    [InlineData("""{"target":"http://a/","timeout":"00:02:01"}""", "check.timeout")]
    [InlineData("""{"target":"http://a/","timeout":"00:00:02","degradedAbove":"00:00:02"}""", "check.degradedAbove")]
    [InlineData("""{"target":"http://a/","dns":{}}""", "check.dns")]
    [InlineData("""{"kind":"tcp","target":"a:1","http":{}}""", "check.http")]
    [InlineData("""{"kind":"tcp","target":"example.com"}""", "check.target")]
    [InlineData("""{"kind":"tcp","target":"example.com:0"}""", "check.target")]
    [InlineData("""{"kind":"tcp","target":"2001:db8::1"}""", "check.target")]
    [InlineData("""{"kind":"dns","target":"a b"}""", "check.target")]
    [InlineData("""{"kind":"dns","target":"a..b"}""", "check.target")]
    [InlineData("""{"kind":"dns","target":"a","dns":{"record":"ANY"}}""", "check.dns.record")]
    [InlineData("""{"kind":"dns","target":"a","dns":{"record":"1"}}""", "check.dns.record")]
    [InlineData("""{"kind":"dns","target":"a","dns":{"server":"dns.example"}}""", "check.dns.server")]
    [InlineData("""{"kind":"dns","target":"a","dns":{"expected":[""]}}""", "check.dns.expected")]
    [InlineData("""{"target":"http://a/","http":{"method":"get"}}""", "check.http.method")]
    [InlineData("""{"target":"http://a/","http":{"method":"HEAD","mustMatch":"x"}}""", "check.http.method")]
    [InlineData("""{"target":"http://a/","http":{"version":"3"}}""", "check.http.version")]
    [InlineData("""{"target":"http://a/","http":{"headers":["Content-Length: 5"]}}""", "check.http.headers")]
    [InlineData("""{"target":"http://a/","http":{"headers":["X: a\r\nY: b"]}}""", "check.http.headers")]
    [InlineData("""{"target":"http://a/","http":{"body":"x"}}""", "check.http.body")]
    [InlineData("""{"target":"http://a/","http":{"user":"a:b","secret":"x"}}""", "check.http.user")]
    [InlineData("""{"target":"http://a/","http":{"user":"a"}}""", "check.http.secret")]
    [InlineData("""{"target":"http://a/","http":{"maxRedirects":21}}""", "check.http.maxRedirects")]
    [InlineData("""{"target":"http://a/","http":{"statusCodes":"2xx"}}""", "check.http.statusCodes")]
    [InlineData("""{"target":"http://a/","http":{"maxBytes":0}}""", "check.http.maxBytes")]
    [InlineData("""{"target":"http://a/","http":{"maxBytes":10485761}}""", "check.http.maxBytes")]
    [InlineData("""{"target":"http://a/","http":{"certificateDays":0}}""", "check.http.certificateDays")]
    [InlineData("""{"target":"http://a/","http":{"mustMatch":"("}}""", "check.http.mustMatch")]
    [InlineData("""{"target":"http://a/","http":{"mustMatch":"(?=a)"}}""", "check.http.mustMatch")]
    [InlineData("""{"target":"http://a/","http":{"mustNotMatch":"(a)\\1"}}""", "check.http.mustNotMatch")]
    [InlineData("""{"target":"http://a/","http":{"mustNotMatch":"((a{1,1000}){1,1000}){1,1000}"}}""", "check.http.mustNotMatch")]
    [InlineData("""{"target":"http://a/","http":{"jsonCondition":"status is ok"}}""", "check.http.jsonCondition")]
    public void These_name_the_field(string spec, string field)
    {
        var error = Assert.Single(Check(spec));

        Assert.Equal(field, error.Key);
        Assert.All(error.Value, message => Assert.EndsWith(".", message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_check_comes_back_from_its_JSON_as_it_was()
    {
        var spec = new CheckSpec { Kind = SiteKind.Http, Target = "http://a/", Timeout = TimeSpan.FromSeconds(3), Http = new HttpCheck { CertificateDays = null, VerifyTls = false, MaxBytes = 7 } };

        var json = JsonSerializer.Serialize(spec, ProbingJson.Default.CheckSpec);
        var read = JsonSerializer.Deserialize(json, ProbingJson.Default.CheckSpec)!;

        Assert.StartsWith("{\"kind\":\"http\"", json, StringComparison.Ordinal);
        Assert.Equal(json, JsonSerializer.Serialize(read, ProbingJson.Default.CheckSpec));
        Assert.Equal((null, false, 7, "GET", 10), (read.Http!.CertificateDays, read.Http.VerifyTls, read.Http.MaxBytes, read.Http.Method, read.Http.MaxRedirects));
    }

    private static FieldErrors Check(string spec)
    {
        var errors = new FieldErrors();
        CheckSpecRules.Check(JsonSerializer.Deserialize(spec, ProbingJson.Default.CheckSpec)!, errors, "check");
        return errors;
    }
}
