// ISession is the session of the protocol, never that of ASP.NET Core.
global using ISession = OrleansMcp.Sessions.ISession;
