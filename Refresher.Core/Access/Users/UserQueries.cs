using Microsoft.EntityFrameworkCore;

namespace Refresher.Core.Access.Users;

/// <summary>Reads of users and their sessions, shared by pages and end points.</summary>
public sealed class UserQueries(RefresherDb db, TimeProvider clock)
{
    /// <summary>By name.</summary>
    /// <param name="after">The last name of the page before; null for the first page.</param>
    /// <param name="limit">1 to <see cref="Page{T}.MostLimit"/>.</param>
    public async Task<Page<UserStanding>> ListAsync(string? after, int limit, CancellationToken cancel)
    {
        var from = after?.ToUpperInvariant();
        var users = db.Users.AsNoTracking().Where(u => from == null || string.Compare(u.NormalizedUserName, from) > 0).OrderBy(u => u.NormalizedUserName);
        return Page<UserStanding>.Of(await Standing(users.Take(limit + 1)).ToListAsync(cancel), limit, standing => standing.User.UserName!);
    }

    public Task<UserStanding?> FindAsync(Guid id, CancellationToken cancel) => Standing(db.Users.AsNoTracking().Where(u => u.Id == id)).SingleOrDefaultAsync(cancel);

    /// <summary>Those that go on, the last used first; a user has at most <see cref="UserSessions.MostOfUser"/>.</summary>
    public Task<List<UserSession>> SessionsAsync(Guid userId, CancellationToken cancel) => Living().Where(s => s.UserId == userId).OrderByDescending(s => s.SeenAt).Take(UserSessions.MostOfUser).ToListAsync(cancel);

    private IQueryable<UserStanding> Standing(IQueryable<RefresherUser> users)
    {
        var living = Living();
        return users.OrderBy(u => u.NormalizedUserName).Select(u => new UserStanding(
            u,
            db.UserRoles.Where(held => held.UserId == u.Id).Join(db.Roles, held => held.RoleId, role => role.Id, (_, role) => role.Name).FirstOrDefault(),
            living.Count(s => s.UserId == u.Id)));
    }

    private IQueryable<UserSession> Living()
    {
        var (seen, started) = (clock.GetUtcNow() - UserSessions.Idle, clock.GetUtcNow() - UserSessions.Longest);
        return db.UserSessions.AsNoTracking().Where(s => s.SeenAt > seen && s.StartedAt > started);
    }
}
