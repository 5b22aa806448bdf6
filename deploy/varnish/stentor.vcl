# An HLS cache in front of Stentor edges. For Varnish 7.1 or later:
#   varnishd -a :8090 -f /etc/varnish/stentor.vcl -s malloc,512m -p thread_pool_max=5000
#   varnishncsa -F "%{%FT%TZ}t %m %{VCL_Log:asked}x %s"     # the log that deploy/listeners.awk reads: no address, no
#                                                           # agent, no key of a private Space
#
# Gives: one request per object reaches the edge, however many listeners ask (tested with 200 at once); those who wait
# are woken a few milliseconds after the part is made; an object that still grows is shared.
# Does not give: sharing of endless streams. live.mp4 and live.aac are piped, one thread and one connection to the edge
# for each listener: thousands, not tens of thousands. Send those listeners to edges directly.

vcl 4.1;

import std;

backend edge {
    .host = "127.0.0.1";
    .port = "8080";
    # The edge holds a request for 17.3 s at most.
    .first_byte_timeout = 25s;
    .between_bytes_timeout = 25s;
    # Objects that are being fetched at once, not listeners.
    .max_connections = 2000;
}

sub vcl_recv {
    # A private Space's key, a ticket, a pass are keys to the door: they are in no log.
    std.log("asked:" + regsub(regsub(req.url, "\?.*$", ""), "^(/s/[^/.]+)\.[^/]*", "\1"));
    # Replaced, not appended: what a client claims about itself is not passed on.
    set req.http.X-Forwarded-For = client.ip;
    # Nothing that the crowd hears depends on who asks.
    unset req.http.Cookie;
    unset req.http.Authorization;
    if (req.url ~ "^/(metrics|readyz|healthz)(\?|$)") {
        return (synth(404));
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    if (req.url ~ "^/s/[^/]+/live\.") {
        return (pipe);
    }
    if (req.url ~ "^/s/[^/]+/(record/(recording|so-far)\.|clip\.m4a)") {
        # A recording of three hours is 87 MB: a few would push everybody's segments out. With its ranges.
        return (pass);
    }
    set req.url = std.querysort(req.url);
    if (req.url ~ "/hls/master\.m3u8\?.*pass=") {
        # Names the other lists with this listener's own pass (docs/CDN.md).
        return (pass);
    }
    # The built-in rules would pass a request by its Host or its method's oddities; all that is done above.
    return (hash);
}

sub vcl_hash {
    # By path and query alone: a Space is the same under every name of this cache.
    if (req.url ~ "^/s/[^/]+/hls/[^?]*\.m3u8\?(.*&)?pass=") {
        # One list for all who show a pass, another for those who do not.
        hash_data(regsub(req.url, "pass=[^&]*&?", ""));
        hash_data("in");
        return (lookup);
    }
    hash_data(req.url);
    return (lookup);
}

sub vcl_pipe {
    # Else the next request of the same client would go down the pipe unseen.
    set bereq.http.Connection = "close";
    return (pipe);
}

sub vcl_backend_response {
    if (beresp.http.Cache-Control ~ "no-store" && bereq.url ~ "[?&]pass=") {
        # A pass that is none: the next who waits for this list asks with theirs, one at a time.
        set beresp.ttl = 0s;
        set beresp.grace = 0s;
        return (deliver);
    }
    if (beresp.http.Cache-Control ~ "no-store") {
        # The built-in rule would not collapse requests for this object for two minutes; a second is enough.
        set beresp.uncacheable = true;
        set beresp.ttl = 1s;
        return (deliver);
    }
    if ((beresp.status == 400 || beresp.status == 503) && beresp.http.Cache-Control ~ "max-age=1\b") {
        # By itself Varnish keeps 404 and 410 only. «Not yet» and «cannot be» are one answer for all who ask within
        # a second: else everybody who waits for a stage that is away is held at the edge.
        set beresp.ttl = 1s;
        set beresp.grace = 0s;
        return (deliver);
    }
    # For so long after its end an object is handed out while one request renews it. A second for lists (a listener
    # then is one second behind the list of a neighbour, no more); for the others it never matters.
    set beresp.grace = 1s;
    set beresp.keep = 10s;
    return (deliver);
}

sub vcl_deliver {
    unset resp.http.Via;
    unset resp.http.X-Varnish;
}
