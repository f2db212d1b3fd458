using System.ComponentModel.DataAnnotations;
using Refresher.Tasks.HttpRequest;

namespace Refresher.Tasks.Tests.HttpRequest;

public sealed class HttpRequestTaskOptionsTests
{
    private static readonly HttpRequestTaskOptions Good = new()
    {
        Url = "https://example.org/hook",
        Headers = ["Accept: text/plain", "X-Empty:"],
        SecretHeader = "Authorization: Bearer abc",
        ExpectedStatus = "200-204, 404",
        BodyMustMatch = "^ok$",
    };

    [Fact]
    public void A_request_as_people_write_it_is_accepted() => Assert.Empty(Faults(Good));

    [Fact]
    public void Each_fault_is_named_by_its_field()
    {
        Assert.Equal([nameof(HttpRequestTaskOptions.Url)], Faults(Good with { Url = "ftp://example.org" }));
        Assert.Equal([nameof(HttpRequestTaskOptions.Url)], Faults(Good with { Url = "" }));
        Assert.Equal([nameof(HttpRequestTaskOptions.Url)], Faults(Good with { Url = "http://me:pass@example.org" }));
        Assert.Equal([nameof(HttpRequestTaskOptions.Method)], Faults(Good with { Method = "BREW" }));
        Assert.Equal([nameof(HttpRequestTaskOptions.Headers)], Faults(Good with { Headers = ["no colon"] }));
        Assert.Equal([nameof(HttpRequestTaskOptions.Headers)], Faults(Good with { Headers = ["Content-Length: 5"] }));
        Assert.Equal([nameof(HttpRequestTaskOptions.Headers)], Faults(Good with { Headers = ["A: b\r\nC: d"] }));
        Assert.Equal([nameof(HttpRequestTaskOptions.SecretHeader)], Faults(Good with { SecretHeader = "abc" }));
        Assert.Equal([nameof(HttpRequestTaskOptions.ExpectedStatus)], Faults(Good with { ExpectedStatus = "299-200" }));
        Assert.Equal([nameof(HttpRequestTaskOptions.ExpectedStatus)], Faults(Good with { ExpectedStatus = "2xx" }));
        Assert.Equal([nameof(HttpRequestTaskOptions.BodyMustMatch)], Faults(Good with { BodyMustMatch = "(" }));
        Assert.Equal([nameof(HttpRequestTaskOptions.BodyMustMatch)], Faults(Good with { BodyMustMatch = "(a)\\1" }));
        Assert.Equal([nameof(HttpRequestTaskOptions.RequestTimeout)], Faults(Good with { RequestTimeout = TimeSpan.Zero }));
    }

    private static IEnumerable<string> Faults(HttpRequestTaskOptions options)
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        return faults.SelectMany(fault => fault.MemberNames);
    }
}
