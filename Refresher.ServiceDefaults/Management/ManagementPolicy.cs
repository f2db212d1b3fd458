using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace Refresher.ServiceDefaults.Management;

/// <summary>On which ports an end point answers; one without it is public only.</summary>
internal sealed record AnsweredOn(bool Management, bool Public);

/// <summary>
/// Takes end points of the other port out of the choice before one is made, so that to the public they do not exist,
/// and pages and Api do not exist on the management port.
/// </summary>
internal sealed class ManagementPolicy(ManagementPort port) : MatcherPolicy, IEndpointSelectorPolicy
{
    /// <summary>First: no other policy should answer for an end point that is not there.</summary>
    public override int Order => int.MinValue;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => true;

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var management = port.Received(httpContext);
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && !Answers(candidates[i].Endpoint, management))
            {
                candidates.SetValidity(i, false);
            }
        }

        return Task.CompletedTask;
    }

    private static bool Answers(Endpoint endpoint, bool management)
    {
        var ports = endpoint.Metadata.GetMetadata<AnsweredOn>();
        return management ? ports is { Management: true } : ports is null or { Public: true };
    }
}
